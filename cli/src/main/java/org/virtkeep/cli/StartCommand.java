package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.StartFlag;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "start",
        header = "start an inactive domain",
        description = {
            "Starts QEMU for a domain that is defined and does not run, and lets the guest run. QEMU goes on when this program has ended."
        },
        footer = {
            "virtkeep start web1",
            "    starts it",
            "virtkeep start web1 --paused",
            "    starts it, but its processors wait for 'virtkeep resume web1'"
        })
final class StartCommand extends DomainCommand {
    @Option(names = "--paused", description = "leave the guest's processors stopped")
    private boolean paused;

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.start(paused ? Set.of(StartFlag.PAUSED) : Set.of());
        output.done("Domain '%s' started".formatted(name), new JsonObject().put("domain", name));
    }
}
