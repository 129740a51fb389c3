package org.virtkeep.daemon.procedures;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.DomainStatistics.Group;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// Figures of many domains at once.
final class StatsProcedures implements ProcedureGroup {
    private static final Logger LOG = LoggerFactory.getLogger(StatsProcedures.class);

    // virConnectGetAllDomainStatsFlags beside the filters. We wait for no job of a domain longer than for its answer.
    private static final int NO_WAIT = 1 << 29;
    private static final int BACKING = 1 << 30;
    private static final int ENFORCE = 1 << 31;

    private static final EnumSet<DomainFilter> FILTERS = EnumSet.of(
            DomainFilter.ACTIVE,
            DomainFilter.INACTIVE,
            DomainFilter.PERSISTENT,
            DomainFilter.TRANSIENT,
            DomainFilter.RUNNING,
            DomainFilter.PAUSED,
            DomainFilter.SHUTOFF,
            DomainFilter.OTHER);

    private final Host host;

    StatsProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.CONNECT_GET_ALL_DOMAIN_STATS, (_, args) -> stats(args));
    }

    private DomainMessages.AllStats stats(DomainMessages.AllStatsArgs args) {
        Set<DomainFilter> filters = Flags.of(
                args.flags() & ~(NO_WAIT | BACKING | ENFORCE),
                FILTERS,
                DomainFilter::wireValue,
                "virConnectGetAllDomainStats");
        int groups = groups(args);
        boolean backing = (args.flags() & BACKING) != 0;
        List<DomainMessages.DomainStats> all = new ArrayList<>();
        for (Domain domain : chosen(args.domains(), filters)) {
            one(domain, groups, backing).ifPresent(all::add);
        }
        return new DomainMessages.AllStats(all);
    }

    /// @throws VirtException ARGUMENT_UNSUPPORTED for groups that we do not have, if the client
    ///     insists on them
    private static int groups(DomainMessages.AllStatsArgs args) {
        int unknown = args.groups() & ~StatsParameters.KNOWN_GROUPS;
        if ((args.flags() & ENFORCE) != 0 && unknown != 0) {
            throw VirtException.qemu(
                    ErrorCode.ARGUMENT_UNSUPPORTED,
                    "Stats types bits 0x%x are not supported by this daemon".formatted(unknown));
        }
        return args.groups() == 0 ? StatsParameters.KNOWN_GROUPS : args.groups() & StatsParameters.KNOWN_GROUPS;
    }

    /// Those that a client names and that have gone meanwhile are left out.
    private List<Domain> chosen(List<DomainRef> refs, Set<DomainFilter> filters) {
        if (refs.isEmpty()) {
            return host.connection().domains(filters);
        }
        List<Domain> named = refs.stream().flatMap(ref -> find(ref).stream()).toList();
        if (filters.isEmpty()) {
            return named;
        }
        Set<UUID> passing =
                host.connection().domains(filters).stream().map(Domain::uuid).collect(Collectors.toSet());
        return named.stream().filter(domain -> passing.contains(domain.uuid())).toList();
    }

    private Optional<Domain> find(DomainRef ref) {
        try {
            return Optional.of(host.domain(ref));
        } catch (VirtException e) {
            if (e.code() != ErrorCode.NO_DOMAIN) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /// One that does not answer must not spoil the figures of the others.
    private static Optional<DomainMessages.DomainStats> one(Domain domain, int groups, boolean backing) {
        try {
            DomainStatistics statistics = domain.statistics(wanted(groups, backing));
            return Optional.of(
                    new DomainMessages.DomainStats(Host.ref(domain), StatsParameters.of(statistics, groups)));
        } catch (VirtException e) {
            LOG.debug("no figures domain={} reason={}", domain.name(), e.getMessage());
            return Optional.empty();
        }
    }

    private static Set<Group> wanted(int groups, boolean backing) {
        var wanted = EnumSet.noneOf(Group.class);
        add(wanted, groups & StatsParameters.CPU, Group.CPU);
        add(wanted, groups & StatsParameters.BALLOON, Group.MEMORY);
        add(wanted, groups & StatsParameters.VCPU, Group.VCPU);
        add(wanted, groups & StatsParameters.BLOCK, Group.DISKS);
        add(wanted, backing ? 1 : 0, Group.BACKING_IMAGES);
        return wanted;
    }

    private static void add(Set<Group> wanted, int bit, Group group) {
        if (bit != 0) {
            wanted.add(group);
        }
    }
}
