package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class BlockResizeCommand extends DomainCommand {
    private String device;
    private String size;
    private long bytes;

    @Override
    Manual manual() {
        return Manual.of("change the size of a disk")
                .description(
                        "Changes the size of a disk of a running domain; the guest sees it at once. The size has a unit, such as 20G "
                                + "or 1048576B. (To virsh a number without a unit means KiB.) Checkpoints stay good. While a backup "
                                + "copies the disk, it cannot be resized.",
                        "The image of a domain that is shut off is resized with 'qemu-img resize'.")
                .examples("virtkeep blockresize web1 vda 20G");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--path", "DEVICE", "the disk's target, such as vda", word -> device = word);
        options.text("--size", "SIZE", "the new size, with a unit", word -> size = word);
    }

    @Override
    Places places() {
        return Places.of("--domain", "--path", "--size");
    }

    @Override
    void check() {
        if (size.matches("[0-9.]+")) {
            throw usage("size '%s' has no unit; say '%sK' for what virsh takes it for, or '%sB'"
                    .formatted(size, size, size));
        }
        bytes = new ByteSize().convert(size);
    }

    @Override
    void run(Domain domain, Output output) {
        domain.blockResize(device, bytes);
        output.done(
                "Disk '%s' of domain '%s' has %d bytes now".formatted(device, domain.name(), bytes),
                new JsonObject()
                        .put("domain", domain.name())
                        .put("disk", device)
                        .put("bytes", bytes));
    }
}
