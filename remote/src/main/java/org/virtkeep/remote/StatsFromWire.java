package org.virtkeep.remote;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.DomainStatistics.Group;
import org.virtkeep.api.DomainStatistics.MemoryFigure;
import org.virtkeep.api.StateReason;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;

/// Figures of a domain from what libvirt calls them (`virConnectGetAllDomainStats`).
///
/// @param all of one domain
record StatsFromWire(Figures all) {
    // virDomainStatsTypes.
    private static final int STATE = 1;
    private static final int CPU = 1 << 1;
    private static final int BALLOON = 1 << 2;
    private static final int VCPU = 1 << 3;
    private static final int BLOCK = 1 << 5;
    /// `VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING`.
    private static final int BACKING = 1 << 30;

    /// Empty if the domain is gone.
    static Optional<DomainStatistics> ask(Link link, DomainRef domain, Set<Group> groups) {
        int bits = STATE | VCPU; // how many processors there are is told in any case
        for (Group group : groups) {
            bits |= switch (group) {
                case CPU -> CPU;
                case MEMORY -> BALLOON;
                case VCPU -> VCPU;
                case DISKS, DISK_REQUESTS -> BLOCK;
                case BACKING_IMAGES -> 0;
            };
        }
        int flags = groups.contains(Group.BACKING_IMAGES) ? BACKING : 0;
        var args = new DomainMessages.AllStatsArgs(List.of(domain), bits, flags);
        return link.call(LibvirtProgram.CONNECT_GET_ALL_DOMAIN_STATS, args).stats().stream()
                .findFirst()
                .map(stats -> new StatsFromWire(Figures.of(stats.parameters())).statistics(groups));
    }

    private DomainStatistics statistics(Set<Group> groups) {
        return new DomainStatistics(
                StateReason.of(state(), (int) all.orZero("state.reason")),
                cpu(),
                memory(),
                (int) all.orZero("vcpu.current"),
                groups.contains(Group.VCPU) ? vcpus() : List.of(),
                all.each("block", this::disk));
    }

    private DomainState state() {
        return RemoteBasics.state((int) all.orZero("state.state"));
    }

    private Optional<DomainStatistics.Cpu> cpu() {
        return all.number("cpu.time").isEmpty()
                ? Optional.empty()
                : Optional.of(new DomainStatistics.Cpu(
                        all.orZero("cpu.time"), all.orZero("cpu.user"), all.orZero("cpu.system")));
    }

    /// Of a domain that is shut off, libvirt tells the definition's.
    private Optional<DomainStatistics.Memory> memory() {
        if (all.number("balloon.current").isEmpty() || state() == DomainState.SHUTOFF) {
            return Optional.empty();
        }
        Map<MemoryFigure, Long> figures = new EnumMap<>(MemoryFigure.class);
        for (MemoryFigure figure : MemoryFigure.values()) {
            all.number("balloon." + figure.label()).ifPresent(value -> figures.put(figure, value));
        }
        return Optional.of(
                new DomainStatistics.Memory(all.orZero("balloon.maximum"), all.orZero("balloon.current"), figures));
    }

    /// Their numbers may have gaps; those that are not plugged in tell nothing.
    private List<DomainStatistics.Vcpu> vcpus() {
        int highest = Math.clamp(all.orZero("vcpu.maximum"), 0, all.values().size());
        return IntStream.range(0, highest)
                .filter(number -> all.number("vcpu.%d.time".formatted(number)).isPresent())
                .mapToObj(number -> new DomainStatistics.Vcpu(
                        number,
                        all.orZero("vcpu.%d.time".formatted(number)),
                        all.number("vcpu.%d.delay".formatted(number))))
                .toList();
    }

    private DomainStatistics.Disk disk(String prefix) {
        return new DomainStatistics.Disk(
                all.text(prefix + "name").orElse(""),
                (int) all.orZero(prefix + "backingIndex"),
                all.text(prefix + "path"),
                requests(prefix),
                all.number(prefix + "allocation"),
                all.number(prefix + "capacity"),
                all.number(prefix + "physical"));
    }

    private Optional<DomainStatistics.Requests> requests(String prefix) {
        return all.number(prefix + "rd.reqs").isEmpty()
                ? Optional.empty()
                : Optional.of(new DomainStatistics.Requests(
                        all.orZero(prefix + "rd.reqs"),
                        all.orZero(prefix + "rd.bytes"),
                        all.orZero(prefix + "rd.times"),
                        all.orZero(prefix + "wr.reqs"),
                        all.orZero(prefix + "wr.bytes"),
                        all.orZero(prefix + "wr.times"),
                        all.orZero(prefix + "fl.reqs"),
                        all.orZero(prefix + "fl.times")));
    }
}
