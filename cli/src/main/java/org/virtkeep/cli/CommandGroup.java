package org.virtkeep.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Commands that share the first words of their names. Does nothing by itself.
abstract class CommandGroup implements Runnable {
    private CommandSpec spec;

    /// The group as the parser knows it, to be made once.
    final CommandSpec describe() {
        spec = CommandSpec.wrapWithoutInspection(this);
        manual().addTo(spec);
        return spec;
    }

    /// What its page in the manual says.
    abstract Manual manual();

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
