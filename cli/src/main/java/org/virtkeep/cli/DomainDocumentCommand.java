package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Option;

/// A command that makes a domain of a document, which is its first argument.
abstract class DomainDocumentCommand extends ConnectedCommand {
    @Option(names = "--file", paramLabel = "FILE", description = "the document, - for standard input")
    private String file;

    private String document;

    abstract Domain make(Connection connection, String document);

    /// What has been done to the domain.
    abstract String done();

    @Override
    Places places() {
        return Places.of("--file");
    }

    @Override
    void check() {
        document = XmlInput.read(file, program().surroundings().in());
    }

    @Override
    final void run(Connection connection, Output output) {
        Domain domain = make(connection, document);
        output.done(
                "Domain '%s' %s".formatted(domain.name(), done()),
                new JsonObject()
                        .put("domain", domain.name())
                        .put("uuid", domain.uuid().toString()));
    }
}
