package org.virtkeep.cli;

import java.util.EnumSet;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.StartFlag;

final class CreateCommand extends DomainDocumentCommand {
    private boolean paused;

    @Override
    Manual manual() {
        return Manual.of("start a domain that is forgotten when it ends")
                .description(
                        "Reads a <domain> document and starts the domain, which is known only while it runs. A defined "
                                + "domain of the same name and UUID runs with this document once, and stays defined.")
                .examples("virtkeep create try.xml");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--paused", "do not let the guest run yet; resume does", given -> paused = given);
    }

    @Override
    Domain make(Connection connection, String document) {
        return connection.create(document, paused ? EnumSet.of(StartFlag.PAUSED) : EnumSet.noneOf(StartFlag.class));
    }

    @Override
    String done() {
        return "created";
    }
}
