package org.virtkeep.cli;

import org.virtkeep.api.Connection;

/// A command on a host. Opens the connection, passes on what it has to tell, and closes it.
abstract class ConnectedCommand extends CliCommand {

    /// Checks what can be checked without a host. Called before the connection is opened.
    ///
    /// @throws picocli.CommandLine.ParameterException if the command line is wrong
    void check() {}

    abstract void run(Connection connection, Output output);

    @Override
    void run(Output output) {
        check();
        try (Connection connection = program().connect()) {
            try {
                run(connection, output);
            } finally {
                connection.notices().forEach(output::note);
            }
        }
    }
}
