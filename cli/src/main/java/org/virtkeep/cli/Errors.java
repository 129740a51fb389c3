package org.virtkeep.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.transfer.FileFailure;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Tells errors, in words or as JSON, and turns them into exit codes. The one place that does.
final class Errors implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final PrintStream err;
    private final boolean json;
    private final boolean debug;

    /// @param arguments the whole command line: where parsing failed, its options are not known otherwise
    Errors(PrintStream err, List<String> arguments) {
        this.err = err;
        this.json = arguments.contains("--json");
        this.debug = arguments.contains("--debug");
    }

    /// The command line is wrong; nothing has been done.
    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        String message = UsageMessage.of(e);
        tell(ErrorCode.INVALID_ARG, ErrorDomain.NONE, message, e);
        return ExitCode.USAGE;
    }

    /// The command failed.
    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
        switch (e) {
            case VirtException refused -> tell(refused.code(), refused.domain(), refused.getMessage(), refused);
            case IOException failure -> {
                VirtException told = FileFailure.of(failure);
                tell(told.code(), told.domain(), told.getMessage(), failure);
            }
            default -> tell(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, internal(e), e);
        }
        return ExitCode.SOFTWARE;
    }

    /// Standard output took less than it was given, and not because its reader had enough.
    int unwritten() {
        tell(
                ErrorCode.SYSTEM_ERROR,
                ErrorDomain.NONE,
                "standard output could not be written to the end; is the disk full?",
                null);
        return ExitCode.SOFTWARE;
    }

    private static String internal(Exception e) {
        return VirtException.fault(e).getMessage() + ", --debug shows where";
    }

    private void tell(ErrorCode code, ErrorDomain domain, String message, Exception cause) {
        if (json) {
            var error = new JsonObject()
                    .put("code", code.wireValue())
                    .put("domain", domain.wireValue())
                    .put("codeName", code.name())
                    .put("domainName", domain.name())
                    .put("message", message);
            err.println(new JsonObject().put("error", error));
        } else {
            err.println("error: " + message);
        }
        if (debug && cause != null) {
            cause.printStackTrace(err);
        }
    }
}
