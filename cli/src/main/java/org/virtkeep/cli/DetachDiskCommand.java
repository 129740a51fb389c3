package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.DeviceFlag;

final class DetachDiskCommand extends DomainCommand {
    private String target;
    private boolean config;

    @Override
    Manual manual() {
        return Manual.of("unplug a disk")
                .description(
                        "Asks the guest of a running domain to give a disk up, and waits until it has. The image is not "
                                + "touched, and neither are the checkpoints in it. While a backup copies the disk, it cannot be detached.")
                .examples("virtkeep detach-disk web1 sdb --config");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--target", "DEVICE", "the disk's target, such as sdb", word -> target = word);
        options.flag("--config", "also take it out of the persistent definition", given -> config = given);
    }

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
