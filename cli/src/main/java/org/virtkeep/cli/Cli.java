package org.virtkeep.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/// Runs one command line from its words to its exit code.
final class Cli {
    private Cli() {}

    /// @return 0 done, 1 failed, 2 usage. Everything that had to be said has been written and flushed.
    static int run(Surroundings surroundings, String... arguments) {
        var program = new Virtkeep(surroundings);
        CommandLine line = CommandTree.forArguments(program, arguments);
        var errors = new Errors(surroundings.err(), Arrays.asList(arguments));
        line.setOut(new PrintWriter(surroundings.out(), true));
        line.setErr(new PrintWriter(surroundings.err(), true));
        line.setParameterExceptionHandler(errors);
        line.setExecutionExceptionHandler(errors);
        int code = line.execute(arguments);
        if (surroundings.out().checkError() && !surroundings.pipe() && code == ExitCode.OK) {
            code = errors.unwritten();
        }
        surroundings.err().flush();
        return code;
    }
}
