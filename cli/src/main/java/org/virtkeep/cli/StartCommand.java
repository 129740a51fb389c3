package org.virtkeep.cli;

import java.time.Duration;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.StartFlag;
import org.virtkeep.model.Deadline;

final class StartCommand extends DomainCommand {
    private boolean paused;
    private long waitSeconds;

    @Override
    Manual manual() {
        return Manual.of("start an inactive domain")
                .description(
                        "Starts QEMU for a domain that is defined and does not run, and lets the guest run. QEMU goes on when this program has ended.",
                        "",
                        "While a backup that was begun when the domain was shut off reads its images, the domain cannot start; --wait waits for the backup's end.")
                .examples(
                        "virtkeep start web1",
                        "    starts it",
                        "virtkeep start web1 --paused",
                        "    starts it, but its processors wait for 'virtkeep resume web1'",
                        "virtkeep start web1 --wait 600",
                        "    starts it as soon as its running backup has ended, if that takes no longer than ten minutes");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--paused", "leave the guest's processors stopped", given -> paused = given);
        options.longNumber(
                "--wait", "SECONDS", "wait so long for backups that read the images", number -> waitSeconds = number);
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.start(paused ? Set.of(StartFlag.PAUSED) : Set.of(), Deadline.in(Duration.ofSeconds(waitSeconds)));
        output.done("Domain '%s' started".formatted(name), new JsonObject().put("domain", name));
    }
}
