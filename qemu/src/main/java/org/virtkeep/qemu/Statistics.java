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

    private final DomainSession session;
    private final StateReason state;
    private final Optional<ProcessIdentity> process;

    Statistics(DomainSession session) {
        this.session = session;
        this.state = session.isActive()
                ? ReasonWords.of(session.runState(), session.run().orElseThrow())
                : ReasonWords.ofEnd(session.folder().lastEnd());
        this.process = session.run().flatMap(DomainRun::process);
    }

    DomainInfo info() {
        long maximumKib = maximumKib(session.definition());
        return new DomainInfo(
                state.state(),
                maximumKib,
                currentKib().orElse(maximumKib),
                session.definition().vcpus(),
                process.flatMap(ProcessUsage::times)
                        .map(ProcessUsage.Times::nanoseconds)
                        .orElse(0L));
    }

    private static long maximumKib(DomainDefinition definition) {
        return definition.memoryBytes() / BYTES_PER_KIB;
    }

    DomainStatistics collect(Set<Group> groups) {
        return new DomainStatistics(
                state,
                groups.contains(Group.CPU) ? cpu() : Optional.empty(),
                groups.contains(Group.MEMORY) ? Optional.of(memory()) : Optional.empty(),
                session.definition().vcpus(),
                groups.contains(Group.VCPU) ? vcpus() : List.of(),
                groups.contains(Group.DISKS)
                        ? DiskStatistics.of(session, groups.contains(Group.BACKING_IMAGES))
                        : List.of());
    }

    private Optional<DomainStatistics.Cpu> cpu() {
        return process.flatMap(ProcessUsage::times)
                .map(times -> new DomainStatistics.Cpu(
                        times.nanoseconds(), times.userNanoseconds(), times.systemNanoseconds()));
    }

    private DomainStatistics.Memory memory() {
        long maximumKib = maximumKib(session.definition());
        Map<MemoryFigure, Long> figures = new EnumMap<>(MemoryFigure.class);
        if (session.isActive()) {
            figures.putAll(BalloonReport.ask(session));
        }
        process.map(ProcessUsage::residentKib)
                .ifPresent(kib -> kib.ifPresent(known -> figures.put(MemoryFigure.RSS, known)));
        return new DomainStatistics.Memory(maximumKib, currentKib().orElse(maximumKib), figures);
    }

    /// Empty if nothing has been taken away from the guest, as far as is known.
    private Optional<Long> currentKib() {
        if (!session.isActive() || !session.definition().memballoon()) {
            return Optional.empty();
        }
        try {
            return Optional.of(session.execute(new QueryBalloon()) / BYTES_PER_KIB);
        } catch (VirtException e) {
            if (e.getCause() instanceof QmpException.Refused) {
                return Optional.empty(); // a foreign QEMU without one
            }
            throw e;
        }
    }

    private List<DomainStatistics.Vcpu> vcpus() {
        if (!session.isActive() || process.isEmpty()) {
            return List.of();
        }
        ProcessIdentity qemu = process.get();
        return session.execute(new QueryCpusFast()).stream()
                .map(cpu -> new DomainStatistics.Vcpu(
                        cpu.index(),
                        ProcessUsage.times(qemu, cpu.threadId())
                                .map(ProcessUsage.Times::nanoseconds)
                                .orElse(0L),
                        ProcessUsage.delay(qemu, cpu.threadId())))
                .toList();
    }
}
