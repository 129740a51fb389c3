package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.StartFlag;
import org.virtkeep.api.Snapshot;

final class SnapshotRevertCommand extends SnapshotCommand {
    private boolean running;
    private boolean paused;

    @Override
    Manual manual() {
        return Manual.of("put a domain back to a snapshot")
                .description(
                        "Puts a domain that is shut off back to a snapshot: its disks get new overlays on the images as they "
                                + "were. The overlays that it used before are not touched, and not used any more; delete them when nothing "
                                + "in them is needed.")
                .examples("virtkeep snapshot-revert web1 before-upgrade --running", "    and starts it");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--running", "start the domain afterwards", given -> running = given);
        options.flag("--paused", "start the domain afterwards, and leave its guest paused", given -> paused = given);
    }

    @Override
    void check() {
        super.check();
        if (running && paused) {
            throw usage("give only one of --running and --paused");
        }
    }

    @Override
    void run(Domain domain, Snapshot snapshot, Output output) {
        snapshot.revert();
        if (running || paused) {
            domain.start(paused ? Set.of(StartFlag.PAUSED) : Set.of());
        }
        output.done(
                "Domain '%s' reverted to snapshot '%s'".formatted(domain.name(), snapshot.name()),
                new JsonObject().put("domain", domain.name()).put("snapshot", snapshot.name()));
    }
}
