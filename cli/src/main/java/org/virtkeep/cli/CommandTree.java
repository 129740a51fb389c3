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
        Optional<String> name = firstWord(arguments).filter(CommandTree::standsAlone);
        return of(program, name.map(List::of).orElseGet(Commands::names));
    }

    /// A parser that knows all commands.
    static CommandLine complete(Virtkeep program) {
        return of(program, Commands.names());
    }

    private static CommandLine of(Virtkeep program, List<String> names) {
        var line = new CommandLine(program);
        for (String name : names) {
            Commands.make(name).ifPresent(command -> line.addSubcommand(name, command));
        }
        return HelpLayout.applyTo(line).setExpandAtFiles(false);
    }

    private static boolean standsAlone(String name) {
        return Commands.names().contains(name);
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
