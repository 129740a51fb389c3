package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class DomBlkThresholdCommand extends DomainCommand {
    private String device;
    private String threshold;
    private long bytes;

    @Override
    Manual manual() {
        return Manual.of("ask to be told when a disk's file grows beyond a size")
                .description(
                        "Asks QEMU to tell, once, when a write to the file of a disk's image goes beyond a place, so that its storage can "
                                + "be given more room in time. It is told as an event 'block-threshold' to who listens then: a running "
                                + "daemon, or 'virtkeep event'. It is forgotten when it was told, and when the domain's QEMU ends.")
                .examples(
                        "virtkeep domblkthreshold web1 vda 20G",
                        "virtkeep domblkthreshold web1 vda 0",
                        "    not to be told any more");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text(
                "--dev",
                "DEVICE",
                "the disk's target, such as vda, or another image of its chain, as vda[1]",
                word -> device = word);
        options.text("--threshold", "SIZE", "the place in bytes, or with a unit; 0 for none", word -> threshold = word);
    }

    @Override
    Places places() {
        return Places.of("--domain", "--dev", "--threshold");
    }

    @Override
    void check() {
        bytes = new ByteSize().convert(threshold);
    }

    @Override
    void run(Domain domain, Output output) {
        domain.setBlockThreshold(device, bytes);
        output.done(
                bytes == 0
                        ? "Disk '%s' of domain '%s' has no threshold any more".formatted(device, domain.name())
                        : "A write to disk '%s' of domain '%s' beyond %d bytes is told"
                                .formatted(device, domain.name(), bytes),
                new JsonObject()
                        .put("domain", domain.name())
                        .put("device", device)
                        .put("threshold", bytes));
    }
}
