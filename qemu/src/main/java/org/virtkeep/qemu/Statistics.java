package org.virtkeep.qemu;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.DomainInfo;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.DomainStatistics.Group;
import org.virtkeep.api.DomainStatistics.MemoryFigure;
import org.virtkeep.api.StateReason;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.ProcessUsage;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QueryBalloon;
import org.virtkeep.qmp.QueryCpusFast;

/// Collects the figures of a domain from QEMU and `/proc`. Confined to one thread, used once.
final class Statistics {
    private static final long BYTES_PER_KIB = 1024;

    private final DomainDefinition definition;
    private final StateReason state;
    /// Empty for a domain that is shut off.
    private final Optional<DomainSession> session;

    private final Optional<ProcessIdentity> process;
    private final WatchedDomains watched;

    private Statistics(
            DomainDefinition definition, StateReason state, Optional<DomainSession> session, WatchedDomains watched) {
        this.definition = definition;
        this.state = state;
        this.session = session;
        this.watched = watched;
        this.process = session.flatMap(DomainSession::run).flatMap(DomainRun::process);
    }

    /// @param session is used as long as this is
    static Statistics of(DomainSession session, WatchedDomains watched) {
        return session.isActive()
                ? new Statistics(session.definition(), ReasonWords.of(session), Optional.of(session), watched)
                : ofResting(
                        session.definition(), ReasonWords.ofEnd(session.folder().lastEnd()));
    }

    /// Of a domain that is shut off.
    static Statistics ofResting(DomainDefinition definition, StateReason why) {
        return new Statistics(definition, why, Optional.empty(), new WatchedDomains());
    }

    DomainInfo info() {
        long maximumKib = maximumKib();
        return new DomainInfo(
                state.state(),
                maximumKib,
                currentKib().orElse(maximumKib),
                definition.vcpus(),
                process.flatMap(ProcessUsage::times)
                        .map(ProcessUsage.Times::nanoseconds)
                        .orElse(0L));
    }

    private long maximumKib() {
        return definition.memoryBytes() / BYTES_PER_KIB;
    }

    DomainStatistics collect(Set<Group> groups) {
        return new DomainStatistics(
                state,
                groups.contains(Group.CPU) ? cpu() : Optional.empty(),
                groups.contains(Group.MEMORY) ? Optional.of(memory()) : Optional.empty(),
                definition.vcpus(),
                groups.contains(Group.VCPU) ? vcpus() : List.of(),
                disks(groups));
    }

    private List<DomainStatistics.Disk> disks(Set<Group> groups) {
        if (groups.contains(Group.DISKS)) {
            return disks(groups.contains(Group.BACKING_IMAGES));
        }
        return groups.contains(Group.DISK_REQUESTS)
                ? session.map(DiskStatistics::requests).orElseGet(() -> DiskStatistics.shutOff(definition))
                : List.of();
    }

    private List<DomainStatistics.Disk> disks(boolean backing) {
        return session.map(live -> DiskStatistics.live(live, backing))
                .orElseGet(() -> DiskStatistics.shutOff(definition));
    }

    private Optional<DomainStatistics.Cpu> cpu() {
        return process.flatMap(ProcessUsage::times)
                .map(times -> new DomainStatistics.Cpu(
                        times.nanoseconds(), times.userNanoseconds(), times.systemNanoseconds()));
    }

    private DomainStatistics.Memory memory() {
        long maximumKib = maximumKib();
        Map<MemoryFigure, Long> figures = new EnumMap<>(MemoryFigure.class);
        session.ifPresent(live -> figures.putAll(BalloonReport.ask(live)));
        process.map(ProcessUsage::residentKib)
                .ifPresent(kib -> kib.ifPresent(known -> figures.put(MemoryFigure.RSS, known)));
        return new DomainStatistics.Memory(maximumKib, currentKib().orElse(maximumKib), figures);
    }

    /// Empty if nothing has been taken away from the guest, as far as is known.
    private Optional<Long> currentKib() {
        if (session.isEmpty() || !definition.memballoon()) {
            return Optional.empty();
        }
        try {
            DomainSession live = session.get();
            long bytes = watched.balloonBytes(
                    live.folder(), live.run().orElseThrow(), () -> live.execute(new QueryBalloon()));
            return Optional.of(bytes / BYTES_PER_KIB);
        } catch (VirtException e) {
            if (e.getCause() instanceof QmpException.Refused) {
                return Optional.empty(); // a foreign QEMU without one
            }
            throw e;
        }
    }

    private List<DomainStatistics.Vcpu> vcpus() {
        if (session.isEmpty() || process.isEmpty()) {
            return List.of();
        }
        ProcessIdentity qemu = process.get();
        return session.get().execute(new QueryCpusFast()).stream()
                .map(cpu -> new DomainStatistics.Vcpu(
                        cpu.index(),
                        ProcessUsage.times(qemu, cpu.threadId())
                                .map(ProcessUsage.Times::nanoseconds)
                                .orElse(0L),
                        ProcessUsage.delay(qemu, cpu.threadId())))
                .toList();
    }
}
