package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.DeviceFlag;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "detach-disk",
        header = "unplug a disk",
        description =
                "Asks the guest of a running domain to give a disk up, and waits until it has. The image is not "
                        + "touched, and neither are the checkpoints in it. While a backup copies the disk, it cannot be detached.",
        footer = {"virtkeep detach-disk web1 sdb --config"})
final class DetachDiskCommand extends DomainCommand {
    @Option(names = "--target", paramLabel = "DEVICE", description = "the disk's target, such as sdb")
    private String target;

    @Option(names = "--config", description = "also take it out of the persistent definition")
    private boolean config;

    @Override
    Places places() {
        return Places.of("--domain", "--target");
    }

    @Override
    void run(Domain domain, Output output) {
        domain.detachDisk(target, config ? Set.of(DeviceFlag.CONFIG) : Set.of());
        output.done(
                "Disk '%s' of domain '%s' detached".formatted(target, domain.name()),
                new JsonObject().put("domain", domain.name()).put("disk", target));
    }
}
