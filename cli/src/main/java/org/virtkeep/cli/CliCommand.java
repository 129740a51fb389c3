package org.virtkeep.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/// What all commands have in common. A command does its work or throws; its exit code follows from that.
abstract class CliCommand implements Callable<Integer> {
    private List<String> words = List.of();
    private CommandSpec spec;

    /// The command as the parser knows it, to be made once.
    final CommandSpec describe() {
        spec = CommandSpec.wrapWithoutInspection(this);
        manual().addTo(spec);
        declare(new Options(spec));
        var target = new Options.Target<List<String>>(given -> words = given);
        return spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .paramLabel("ARGUMENT")
                .hidden(true)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .getter(target)
                .setter(target)
                .build());
    }

    /// What its page in the manual says.
    abstract Manual manual();

    /// Tells the parser of the command's options.
    void declare(Options options) {}

    /// The options that may be given by place.
    abstract Places places();

    /// Does the work.
    ///
    /// @throws org.virtkeep.model.VirtException if it cannot be done
    /// @throws IOException likewise; see [org.virtkeep.transfer.FileFailure] for how it is told
    abstract void run(Output output) throws IOException;

    /// How the work ended, once it is done: anything but 0 is listed in the command's [#manual].
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
