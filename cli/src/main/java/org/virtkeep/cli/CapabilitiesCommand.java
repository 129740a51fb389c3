package org.virtkeep.cli;

import org.virtkeep.api.Connection;

final class CapabilitiesCommand extends ConnectedCommand {

    @Override
    Manual manual() {
        return Manual.of("tell what the host is and which domains it can run")
                .description("Writes a <capabilities> document.")
                .examples("virtkeep capabilities");
    }

    @Override
    Places places() {
        return Places.of();
    }

    @Override
    void run(Connection connection, Output output) {
        output.xml(connection.capabilities());
    }
}
