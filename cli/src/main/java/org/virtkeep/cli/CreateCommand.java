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
final class CreateCommand extends ConnectedCommand {
    @Option(names = "--file", paramLabel = "FILE", description = "the document, - for standard input")
    private String file;

    @Option(names = "--paused", description = "do not let the guest run yet; resume does")
    private boolean paused;

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
        var flags = EnumSet.noneOf(StartFlag.class);
        if (paused) {
            flags.add(StartFlag.PAUSED);
        }
        Domain domain = connection.create(document, flags);
        output.done(
                "Domain '%s' created".formatted(domain.name()),
                new JsonObject()
                        .put("domain", domain.name())
                        .put("uuid", domain.uuid().toString()));
    }
}
