package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.StartFlag;
import org.virtkeep.api.Snapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "snapshot-revert",
        header = "put a domain back to a snapshot",
        description =
                "Puts a domain that is shut off back to a snapshot: its disks get new overlays on the images as they "
                        + "were. The overlays that it used before are not touched, and not used any more; delete them when nothing "
                        + "in them is needed.",
        footer = {"virtkeep snapshot-revert web1 before-upgrade --running", "    and starts it"})
final class SnapshotRevertCommand extends SnapshotCommand {
    @Option(names = "--running", description = "start the domain afterwards")
    private boolean running;

    @Option(names = "--paused", description = "start the domain afterwards, and leave its guest paused")
    private boolean paused;

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
