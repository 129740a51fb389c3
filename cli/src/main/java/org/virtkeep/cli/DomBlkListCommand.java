package org.virtkeep.cli;

import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.Domain;

final class DomBlkListCommand extends DomainCommand {
    private boolean details;

    @Override
    Manual manual() {
        return Manual.of("list a domain's disks")
                .description(
                        "Lists the disks of a domain: the name that other commands know a disk by, and where its image is.")
                .examples("virtkeep domblklist web1 --details");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--details", "also show what holds the image, and what the guest sees", given -> details = given);
    }

    @Override
    void run(Domain domain, Output output) {
        if (output.isJson()) {
            output.json(
                    domain.blockDevices().stream().map(DomBlkListCommand::json).toList());
            return;
        }
        var table = details ? new Table("Type", "Device", "Target", "Source") : new Table("Target", "Source");
        for (BlockDevice device : domain.blockDevices()) {
            String source = device.source().orElse("-");
            if (details) {
                table.row(device.type(), device.device(), device.target(), source);
            } else {
                table.row(device.target(), source);
            }
        }
        output.table(table);
    }

    private static JsonObject json(BlockDevice device) {
        return new JsonObject()
                .put("target", device.target())
                .put("type", device.type())
                .put("device", device.device())
                .putText("source", device.source());
    }
}
