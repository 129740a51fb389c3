package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "define",
        header = "make a domain known, or change its definition",
        description = "Reads a <domain> document and makes the domain known, without starting it. A domain of the same "
                + "name and UUID gets the new definition, which takes effect when it is started the next time.",
        footer = {
            "virtkeep define web1.xml",
            "    defines what the file describes",
            "virtkeep dumpxml web1 | sed s/web1/web2/ | grep -v '<uuid>' | virtkeep define -",
            "    defines a second domain that is like the first"
        })
final class DefineCommand extends ConnectedCommand {
    @Option(names = "--file", paramLabel = "FILE", description = "the document, - for standard input")
    private String file;

    private String document;

    @Override
    Places places() {
        return Places.of("--file");
    }

    @Override
    void check() {
        document = XmlInput.read(file, program().surroundings().in());
    }

    @Override
    void run(Connection connection, Output output) {
        Domain domain = connection.define(document);
        output.done(
                "Domain '%s' defined".formatted(domain.name()),
                new JsonObject()
                        .put("domain", domain.name())
                        .put("uuid", domain.uuid().toString()));
    }
}
