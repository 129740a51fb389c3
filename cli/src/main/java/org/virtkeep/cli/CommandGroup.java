package org.virtkeep.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Commands that share the first words of their names. Does nothing by itself.
abstract class CommandGroup implements Runnable {
    @Spec
    private CommandSpec spec;

    /// Reached only if no command of the group was named.
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "'%s' is not a whole command".formatted(words(spec)));
    }

    /// A command's name in full, without the program's.
    static String words(CommandSpec spec) {
        return spec.parent() == null || spec.parent().parent() == null
                ? spec.name()
                : words(spec.parent()) + " " + spec.name();
    }
}
