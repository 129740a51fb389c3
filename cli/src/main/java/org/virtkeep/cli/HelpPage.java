package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The help of one command: name, synopsis, description, arguments, options, exit codes, examples.
final class HelpPage {
    private final CommandSpec spec;
    private final Places places;
    private final PageText page = new PageText();

    HelpPage(CommandSpec spec) {
        this.spec = spec;
        this.places = spec.userObject() instanceof CliCommand command ? command.places() : Places.of();
    }

    String text() {
        page.head("NAME").paragraph(spec.qualifiedName() + " - " + header(spec));
        page.head("SYNOPSIS").paragraph(synopsis());
        page.head("DESCRIPTION");
        List.of(spec.usageMessage().description()).forEach(page::paragraph);
        if (!spec.subcommands().isEmpty()) {
            commands();
        }
        arguments();
        options("OPTIONS", ownOptions());
        options("GLOBAL OPTIONS", globalOptions());
        page.head("EXIT STATUS");
        exitCodes().forEach(page::entry);
        examples();
        return page.toString();
    }

    private void commands() {
        String above = spec.parent() == null ? "" : CommandGroup.words(spec) + " ";
        for (Commands.Group group : Commands.GROUPS) {
            List<String> names = group.names().stream()
                    .filter(name -> name.startsWith(above))
                    .toList();
            if (!names.isEmpty()) {
                page.head(group.title());
                names.forEach(name -> command(name.substring(above.length()))
                        .ifPresent(found -> page.entry(name.substring(above.length()), header(found))));
            }
        }
    }

    /// The command of this name below this one.
    private Optional<CommandSpec> command(String name) {
        Optional<CommandSpec> found = Optional.of(spec);
        for (String word : name.split(" ")) {
            found = found.map(above -> above.subcommands().get(word)).map(CommandLine::getCommandSpec);
        }
        return found;
    }

    private void arguments() {
        List<OptionSpec> options = placed();
        if (!options.isEmpty()) {
            page.head("ARGUMENTS");
            options.forEach(option -> page.entry(
                    option.paramLabel(),
                    String.join(" ", option.description()) + " (or " + option.longestName() + " " + option.paramLabel()
                            + ")"));
        }
    }

    private void options(String title, List<OptionSpec> options) {
        if (!options.isEmpty()) {
            page.head(title);
            options.forEach(option -> page.entry(names(option), String.join(" ", option.description())));
        }
    }

    /// The footer of a command is pairs of a command line and what it does.
    private void examples() {
        page.head("EXAMPLES");
        List.of(spec.usageMessage().footer()).forEach(page::verbatim);
    }

    private Map<String, String> exitCodes() {
        CommandSpec leaf = spec;
        while (!leaf.subcommands().isEmpty()) {
            leaf = leaf.subcommands().values().iterator().next().getCommandSpec();
        }
        return leaf.usageMessage().exitCodeList();
    }

    private String synopsis() {
        if (spec.parent() == null) {
            return spec.name() + " [GLOBAL OPTIONS] COMMAND [ARGUMENTS] [OPTIONS]";
        }
        if (!spec.subcommands().isEmpty()) {
            return spec.qualifiedName() + " COMMAND [ARGUMENTS] [OPTIONS]";
        }
        List<String> words = new ArrayList<>(List.of(spec.qualifiedName()));
        places.required().forEach(name -> words.add(label(name)));
        places.optional().forEach(name -> words.add("[" + label(name) + "]"));
        places.rest().ifPresent(name -> words.add("[" + label(name) + "...]"));
        ownOptions().forEach(option -> words.add(usage(option)));
        return String.join(" ", words);
    }

    private String label(String option) {
        return spec.findOption(option).paramLabel();
    }

    private static String usage(OptionSpec option) {
        String usage = valued(option.longestName(), option);
        return (option.required() ? usage : "[" + usage + "]") + (option.isMultiValue() ? "..." : "");
    }

    private static String names(OptionSpec option) {
        return valued(String.join(", ", option.names()), option);
    }

    private static String valued(String name, OptionSpec option) {
        return option.arity().max() == 0 ? name : name + " " + option.paramLabel();
    }

    private List<OptionSpec> placed() {
        return places.all().stream().map(spec::findOption).toList();
    }

    private List<OptionSpec> ownOptions() {
        return spec.options().stream()
                .filter(option -> !isGlobal(option))
                .filter(option -> !placed().contains(option))
                .toList();
    }

    private List<OptionSpec> globalOptions() {
        return spec.options().stream()
                .filter(this::isGlobal)
                .sorted(Comparator.comparing(OptionSpec::usageHelp))
                .toList();
    }

    private boolean isGlobal(OptionSpec option) {
        return option.inherited() || spec.parent() == null;
    }

    private static String header(CommandSpec command) {
        return String.join(" ", command.usageMessage().header());
    }
}
