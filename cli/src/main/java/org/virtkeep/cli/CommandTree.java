package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/// Builds the parser: the program with its commands below it.
final class CommandTree {
    private CommandTree() {}

    /// A parser for these arguments. When they begin with the name of a command (after options of the program), it
    /// knows that command alone, which spares the others' loading; otherwise it knows all.
    static CommandLine forArguments(Virtkeep program, String... arguments) {
        List<String> named = firstWord(arguments).map(CommandTree::named).orElse(List.of());
        return of(program, named.isEmpty() ? Commands.names() : named);
    }

    /// A parser that knows all commands.
    static CommandLine complete(Virtkeep program) {
        return of(program, Commands.names());
    }

    private static CommandLine of(Virtkeep program, List<String> names) {
        var line = new CommandLine(program.describe());
        for (String name : names) {
            Commands.make(name).ifPresent(command -> add(line, name, command));
        }
        return HelpLayout.applyTo(line).setExpandAtFiles(false);
    }

    /// Adds a command below the groups that its name begins with: `repo init` is `init` below `repo`.
    private static void add(CommandLine line, String name, CliCommand command) {
        int blank = name.lastIndexOf(' ');
        CommandLine parent = blank < 0 ? line : group(line, name.substring(0, blank));
        parent.addSubcommand(name.substring(blank + 1), new CommandLine(command.describe()));
    }

    private static CommandLine group(CommandLine line, String name) {
        int blank = name.lastIndexOf(' ');
        CommandLine parent = blank < 0 ? line : group(line, name.substring(0, blank));
        String word = name.substring(blank + 1);
        if (!parent.getSubcommands().containsKey(word)) {
            parent.addSubcommand(word, new CommandLine(Commands.makeGroup(name).describe()));
        }
        return parent.getSubcommands().get(word);
    }

    /// The command of this name, or those of this group.
    private static List<String> named(String word) {
        return Commands.names().stream()
                .filter(name -> name.equals(word) || name.startsWith(word + " "))
                .toList();
    }

    /// The first argument that is neither an option nor an option's value. If this guess is wrong, the parser
    /// refuses the arguments all the same.
    private static Optional<String> firstWord(String... arguments) {
        for (int index = 0; index < arguments.length; index++) {
            if (arguments[index].equals("-h") || arguments[index].equals("--help")) {
                return Optional.empty(); // the program's own help lists all commands
            } else if (arguments[index].equals("-c") || arguments[index].equals("--connect")) {
                index++;
            } else if (!arguments[index].startsWith("-")) {
                return Optional.of(arguments[index]);
            }
        }
        return Optional.empty();
    }
}
