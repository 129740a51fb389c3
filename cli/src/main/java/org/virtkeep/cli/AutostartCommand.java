package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "autostart",
        header = "have a domain started with the host",
        description =
                "Marks a domain: the daemon starts it when it starts for the first time since the host was booted.",
        footer = {"virtkeep autostart web1", "virtkeep autostart web1 --disable"})
final class AutostartCommand extends DomainCommand {
    @Option(names = "--disable", description = "take the mark away")
    private boolean disable;

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.setAutostart(!disable);
        output.done(
                "Domain '%s' %s".formatted(name, disable ? "unmarked as autostarted" : "marked as autostarted"),
                new JsonObject().put("domain", name));
    }
}
