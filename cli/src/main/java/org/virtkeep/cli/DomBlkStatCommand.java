package org.virtkeep.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainStatistics.Disk;
import org.virtkeep.api.DomainStatistics.Group;
import org.virtkeep.api.DomainStatistics.Requests;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

final class DomBlkStatCommand extends DomainCommand {
    private String device;

    @Override
    Manual manual() {
        return Manual.of("tell what a guest has asked of its disks")
                .description(
                        "Writes, for one disk or summed up over all, requests, bytes, and nanoseconds spent since the domain "
                                + "was started.")
                .examples("virtkeep domblkstat web1 vda", "virtkeep domblkstat web1");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--device", "DEVICE", "the disk's target, such as vda; all if left out", word -> device = word);
    }

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--device");
    }

    @Override
    void run(Domain domain, Output output) {
        List<Requests> disks = domain.statistics(Set.of(Group.DISK_REQUESTS)).disks().stream()
                .filter(disk -> device == null || device.equals(disk.target()))
                .map(Disk::requests)
                .flatMap(Optional::stream)
                .toList();
        if (disks.isEmpty()) {
            throw nothing(domain);
        }
        var json = new JsonObject().putText("target", Optional.ofNullable(device));
        var text = new StringBuilder();
        figures(disks).forEach((name, value) -> {
            json.put(name, value);
            text.append(device == null ? "" : device).append(" %s %d%n".formatted(name, value));
        });
        if (output.isJson()) {
            output.json(json);
        } else {
            output.text(text.toString());
        }
    }

    private VirtException nothing(Domain domain) {
        return device != null && domain.id().isPresent()
                ? VirtException.qemu(
                        ErrorCode.INVALID_ARG,
                        "domain '%s' has no disk '%s'; 'domblklist' lists them".formatted(domain.name(), device))
                : VirtException.qemu(
                        ErrorCode.OPERATION_INVALID,
                        "domain '%s' does not run or has no disks, so there are no figures of them"
                                .formatted(domain.name()));
    }

    /// virsh's names.
    private static Map<String, Long> figures(List<Requests> disks) {
        var figures = new LinkedHashMap<String, Long>();
        for (Requests disk : disks) {
            figures.merge("rd_req", disk.reads(), Long::sum);
            figures.merge("rd_bytes", disk.readBytes(), Long::sum);
            figures.merge("wr_req", disk.writes(), Long::sum);
            figures.merge("wr_bytes", disk.writtenBytes(), Long::sum);
            figures.merge("flush_operations", disk.flushes(), Long::sum);
            figures.merge("rd_total_times", disk.readNanoseconds(), Long::sum);
            figures.merge("wr_total_times", disk.writeNanoseconds(), Long::sum);
            figures.merge("flush_total_times", disk.flushNanoseconds(), Long::sum);
        }
        return figures;
    }
}
