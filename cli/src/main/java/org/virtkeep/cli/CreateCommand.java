package org.virtkeep.cli;

import java.util.EnumSet;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.StartFlag;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "create",
        header = "start a domain that is forgotten when it ends",
        description = "Reads a <domain> document and starts the domain, which is known only while it runs. A defined "
                + "domain of the same name and UUID runs with this document once, and stays defined.",
        footer = {"virtkeep create try.xml"})
final class CreateCommand extends DomainDocumentCommand {
    @Option(names = "--paused", description = "do not let the guest run yet; resume does")
    private boolean paused;

    @Override
    Domain make(Connection connection, String document) {
        return connection.create(document, paused ? EnumSet.of(StartFlag.PAUSED) : EnumSet.noneOf(StartFlag.class));
    }

    @Override
    String done() {
        return "created";
    }
}
