package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;

/// A command that makes a domain of a document, which is its first argument.
abstract class DomainDocumentCommand extends ConnectedCommand {
    private String file;
    private String document;

    @Override
    void declare(Options options) {
        options.text("--file", "FILE", "the document, - for standard input", word -> file = word);
    }

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
