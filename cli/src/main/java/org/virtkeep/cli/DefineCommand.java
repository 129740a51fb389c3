package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;

final class DefineCommand extends DomainDocumentCommand {

    @Override
    Manual manual() {
        return Manual.of("make a domain known, or change its definition")
                .description(
                        "Reads a <domain> document and makes the domain known, without starting it. A domain of the same "
                                + "name and UUID gets the new definition, which takes effect when it is started the next time.")
                .examples(
                        "virtkeep define web1.xml",
                        "    defines what the file describes",
                        "virtkeep dumpxml web1 | sed s/web1/web2/ | grep -v '<uuid>' | virtkeep define -",
                        "    defines a second domain that is like the first");
    }

    @Override
    Domain make(Connection connection, String document) {
        return connection.define(document);
    }

    @Override
    String done() {
        return "defined";
    }
}
