package org.virtkeep.cli;

import java.util.List;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.BlockInfo;
import org.virtkeep.api.Domain;

final class DomBlkInfoCommand extends DomainCommand {
    private String device;
    private boolean all;
    private boolean human;

    @Override
    Manual manual() {
        return Manual.of("tell the sizes of a domain's disks")
                .description(
                        "Writes, for one disk or all, its capacity (what the guest sees), its allocation (what the image "
                                + "occupies) and its physical size (that of the file or device that holds the image).")
                .examples("virtkeep domblkinfo web1 vda --human", "virtkeep domblkinfo web1 --all");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--device", "DEVICE", "the disk's target, such as vda", word -> device = word);
        options.flag("--all", "all disks that have a medium, in a table", given -> all = given);
        options.flag("--human", "sizes with units instead of bytes", given -> human = given);
    }

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--device");
    }

    @Override
    void check() {
        if (all == (device != null)) {
            throw usage("command 'domblkinfo' needs either DEVICE or --all");
        }
    }

    @Override
    void run(Domain domain, Output output) {
        List<String> disks = all ? disksWithMedium(domain) : List.of(device);
        if (output.isJson()) {
            List<JsonObject> infos = disks.stream()
                    .map(disk -> json(disk, domain.blockInfo(disk)))
                    .toList();
            if (all) {
                output.json(infos);
            } else {
                output.json(infos.getFirst());
            }
        } else if (all) {
            output.table(table(domain, disks));
        } else {
            output.text(facts(domain.blockInfo(device)));
        }
    }

    private static List<String> disksWithMedium(Domain domain) {
        return domain.blockDevices().stream()
                .filter(disk -> disk.source().isPresent())
                .map(BlockDevice::target)
                .toList();
    }

    private Table table(Domain domain, List<String> disks) {
        var table = new Table("Target", "Capacity", "Allocation", "Physical");
        for (String disk : disks) {
            BlockInfo info = domain.blockInfo(disk);
            table.row(disk, size(info.capacity()), size(info.allocation()), size(info.physical()));
        }
        return table;
    }

    private String facts(BlockInfo info) {
        return new Facts()
                .add("Capacity", size(info.capacity()))
                .add("Allocation", size(info.allocation()))
                .add("Physical", size(info.physical()))
                .render();
    }

    private static JsonObject json(String disk, BlockInfo info) {
        return new JsonObject()
                .put("target", disk)
                .put("capacity", info.capacity())
                .put("allocation", info.allocation())
                .put("physical", info.physical());
    }

    private String size(long bytes) {
        return human ? Humane.size(bytes) : Long.toString(bytes);
    }
}
