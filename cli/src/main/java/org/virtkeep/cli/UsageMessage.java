package org.virtkeep.cli;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what is wrong with a command line, and where to read how it is right.
final class UsageMessage {
    private UsageMessage() {}

    static String of(ParameterException e) {
        String fault = switch (e) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing -> missing(missing);
            default -> inOurStyle(e.getMessage());
        };
        return fault + "; see '" + helpCommand(e.getCommandLine()) + "'";
    }

    private static String unmatched(UnmatchedArgumentException e) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        String word = e.getUnmatched().getFirst();
        if (word.startsWith("-")) {
            return "unknown option '%s'%s"
                    .formatted(word, hint(word, spec.optionsMap().keySet()));
        }
        return spec.subcommands().isEmpty()
                ? "command '%s' takes no further argument, but got '%s'".formatted(CommandGroup.words(spec), word)
                : "unknown command '%s'%s".formatted(word, hint(word, candidates(spec)));
    }

    /// At the top all commands, of which perhaps only one was loaded.
    private static Collection<String> candidates(CommandSpec spec) {
        return spec.parent() == null ? Commands.names() : spec.subcommands().keySet();
    }

    private static String hint(String word, Collection<String> candidates) {
        Optional<String> similar = Similar.to(word, candidates);
        return similar.map(" (did you mean '%s'?)"::formatted).orElse("");
    }

    private static String missing(MissingParameterException e) {
        String labels = e.getMissing().stream().map(UsageMessage::label).collect(Collectors.joining(" and "));
        return labels.isEmpty()
                ? inOurStyle(e.getMessage())
                : "command '%s' needs %s"
                        .formatted(CommandGroup.words(e.getCommandLine().getCommandSpec()), labels);
    }

    private static String label(ArgSpec argument) {
        return argument instanceof OptionSpec option && option.required()
                ? option.longestName() + " " + option.paramLabel()
                : argument.paramLabel();
    }

    /// The parser's own messages start in upper case and may end with a full stop.
    private static String inOurStyle(String message) {
        String start = message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
        return start.endsWith(".") ? start.substring(0, start.length() - 1) : start;
    }

    private static String helpCommand(CommandLine line) {
        return line.getParent() == null
                ? line.getCommandName() + " help"
                : line.getCommandSpec().root().name() + " help " + CommandGroup.words(line.getCommandSpec());
    }
}
