package org.virtkeep.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What all commands have in common. A command does its work or throws; its exit code follows from that.
@Command(
        sortOptions = false,
        exitCodeList = {
            "0:done",
            "1:failed; standard error says why, with --json as {\"error\":{\"code\":...,\"domain\":...,\"message\":...}} "
                    + "with libvirt's numbers",
            "2:the command line is wrong; nothing was done"
        })
abstract class CliCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(hidden = true, arity = "0..*", paramLabel = "ARGUMENT")
    private final List<String> words = new ArrayList<>();

    /// The options that may be given by place.
    abstract Places places();

    /// Does the work.
    ///
    /// @throws org.virtkeep.model.VirtException if it cannot be done
    /// @throws IOException likewise; see [org.virtkeep.transfer.FileFailure] for how it is told
    abstract void run(Output output) throws IOException;

    /// How the work ended, once it is done: anything but 0 is listed in the command's `exitCodeList`.
    int exitCode() {
        return ExitCode.OK;
    }

    @Override
    public final Integer call() throws IOException {
        program().prepareLog();
        places().fill(spec.commandLine(), words);
        run(program().output());
        return exitCode();
    }

    final Virtkeep program() {
        return (Virtkeep) spec.root().userObject();
    }

    final CommandSpec spec() {
        return spec;
    }

    /// A fault in the command line that only shows when its parts are seen together.
    final ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
