package org.virtkeep.daemon.procedures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.DomainStatistics.MemoryFigure;
import org.virtkeep.api.DomainStatistics.Requests;
import org.virtkeep.rpc.TypedParameter;

/// A domain's figures under the names that libvirt gives them (`virConnectGetAllDomainStats`).
/// Stateless.
final class StatsParameters {
    // virDomainStatsTypes.
    static final int STATE = 1;
    static final int CPU = 1 << 1;
    static final int BALLOON = 1 << 2;
    static final int VCPU = 1 << 3;
    static final int BLOCK = 1 << 5;
    static final int KNOWN_GROUPS = STATE | CPU | BALLOON | VCPU | BLOCK;

    /// `VIR_VCPU_RUNNING`.
    private static final int VCPU_RUNNING = 1;

    private StatsParameters() {}

    /// @param groups that were asked for
    static List<TypedParameter> of(DomainStatistics statistics, int groups) {
        var all = new ArrayList<TypedParameter>();
        if ((groups & STATE) != 0) {
            all.add(TypedParameter.int32(
                    "state.state", statistics.state().state().wireValue()));
            all.add(TypedParameter.int32("state.reason", statistics.state().wireValue()));
        }
        statistics.cpu().ifPresent(cpu -> {
            all.add(TypedParameter.unsignedInt64("cpu.time", cpu.nanoseconds()));
            all.add(TypedParameter.unsignedInt64("cpu.user", cpu.userNanoseconds()));
            all.add(TypedParameter.unsignedInt64("cpu.system", cpu.systemNanoseconds()));
        });
        statistics.memory().ifPresent(memory -> addMemory(all, memory));
        if ((groups & VCPU) != 0) {
            addVcpus(all, statistics);
        }
        if ((groups & BLOCK) != 0) {
            addDisks(all, statistics.disks());
        }
        return all;
    }

    private static void addMemory(List<TypedParameter> all, DomainStatistics.Memory memory) {
        all.add(TypedParameter.unsignedInt64("balloon.current", memory.currentKib()));
        all.add(TypedParameter.unsignedInt64("balloon.maximum", memory.maximumKib()));
        Arrays.stream(MemoryFigure.values())
                .filter(memory.figures()::containsKey)
                .forEach(figure -> all.add(TypedParameter.unsignedInt64(
                        "balloon." + figure.label(), memory.figures().get(figure))));
    }

    private static void addVcpus(List<TypedParameter> all, DomainStatistics statistics) {
        all.add(TypedParameter.unsignedInt32("vcpu.current", statistics.vcpuCount()));
        all.add(TypedParameter.unsignedInt32("vcpu.maximum", statistics.vcpuCount()));
        for (DomainStatistics.Vcpu vcpu : statistics.vcpus()) {
            String prefix = "vcpu.%d.".formatted(vcpu.number());
            all.add(TypedParameter.int32(prefix + "state", VCPU_RUNNING));
            all.add(TypedParameter.unsignedInt64(prefix + "time", vcpu.nanoseconds()));
            vcpu.delayNanoseconds().ifPresent(delay -> all.add(TypedParameter.unsignedInt64(prefix + "delay", delay)));
        }
    }

    private static void addDisks(List<TypedParameter> all, List<DomainStatistics.Disk> disks) {
        all.add(TypedParameter.unsignedInt32("block.count", disks.size()));
        for (int i = 0; i < disks.size(); i++) {
            addDisk(all, "block.%d.".formatted(i), disks.get(i));
        }
    }

    private static void addDisk(List<TypedParameter> all, String prefix, DomainStatistics.Disk disk) {
        all.add(TypedParameter.text(prefix + "name", disk.target()));
        if (disk.backingIndex() > 0) {
            all.add(TypedParameter.unsignedInt32(prefix + "backingIndex", disk.backingIndex()));
        }
        disk.path().ifPresent(path -> all.add(TypedParameter.text(prefix + "path", path)));
        disk.requests().ifPresent(requests -> addRequests(all, prefix, requests));
        disk.allocationBytes().ifPresent(bytes -> all.add(TypedParameter.unsignedInt64(prefix + "allocation", bytes)));
        disk.capacityBytes().ifPresent(bytes -> all.add(TypedParameter.unsignedInt64(prefix + "capacity", bytes)));
        disk.physicalBytes().ifPresent(bytes -> all.add(TypedParameter.unsignedInt64(prefix + "physical", bytes)));
    }

    private static void addRequests(List<TypedParameter> all, String prefix, Requests requests) {
        all.add(TypedParameter.unsignedInt64(prefix + "rd.reqs", requests.reads()));
        all.add(TypedParameter.unsignedInt64(prefix + "rd.bytes", requests.readBytes()));
        all.add(TypedParameter.unsignedInt64(prefix + "rd.times", requests.readNanoseconds()));
        all.add(TypedParameter.unsignedInt64(prefix + "wr.reqs", requests.writes()));
        all.add(TypedParameter.unsignedInt64(prefix + "wr.bytes", requests.writtenBytes()));
        all.add(TypedParameter.unsignedInt64(prefix + "wr.times", requests.writeNanoseconds()));
        all.add(TypedParameter.unsignedInt64(prefix + "fl.reqs", requests.flushes()));
        all.add(TypedParameter.unsignedInt64(prefix + "fl.times", requests.flushNanoseconds()));
    }
}
