package org.virtkeep.cli;

import java.time.Duration;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.StartFlag;
import org.virtkeep.model.Deadline;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "start",
        header = "start an inactive domain",
        description = {
            "Starts QEMU for a domain that is defined and does not run, and lets the guest run. QEMU goes on when this program has ended.",
            "",
            "While a backup that was begun when the domain was shut off reads its images, the domain cannot start; --wait waits for the backup's end."
        },
        footer = {
            "virtkeep start web1",
            "    starts it",
            "virtkeep start web1 --paused",
            "    starts it, but its processors wait for 'virtkeep resume web1'",
            "virtkeep start web1 --wait 600",
            "    starts it as soon as its running backup has ended, if that takes no longer than ten minutes"
        })
final class StartCommand extends DomainCommand {
    @Option(names = "--paused", description = "leave the guest's processors stopped")
    private boolean paused;

    @Option(names = "--wait", paramLabel = "SECONDS", description = "wait so long for backups that read the images")
    private long waitSeconds;

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.start(paused ? Set.of(StartFlag.PAUSED) : Set.of(), Deadline.in(Duration.ofSeconds(waitSeconds)));
        output.done("Domain '%s' started".formatted(name), new JsonObject().put("domain", name));
    }
}
