package org.virtkeep.cli;

import java.io.IOException;
import org.virtkeep.api.Connection;

/// A command on a host. Opens the connection, passes on what it has to tell, and closes it.
abstract class ConnectedCommand extends CliCommand {

    /// Reads and checks what does not need a host. Called before the connection is opened.
    ///
    /// @throws picocli.CommandLine.ParameterException if the command line is wrong
    /// @throws org.virtkeep.model.VirtException if a document that it names is
    void check() {}

    abstract void run(Connection connection, Output output) throws IOException;

    @Override
    void run(Output output) throws IOException {
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
