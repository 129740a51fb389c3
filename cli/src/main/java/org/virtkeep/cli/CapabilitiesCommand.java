package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import picocli.CommandLine.Command;

@Command(
        name = "capabilities",
        header = "tell what the host is and which domains it can run",
        description = "Writes a <capabilities> document.",
        footer = {"virtkeep capabilities"})
final class CapabilitiesCommand extends ConnectedCommand {
    @Override
    Places places() {
        return Places.of();
    }

    @Override
    void run(Connection connection, Output output) {
        output.xml(connection.capabilities());
    }
}
