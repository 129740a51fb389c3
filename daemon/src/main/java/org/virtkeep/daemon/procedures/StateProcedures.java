package org.virtkeep.daemon.procedures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainInfo;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.DomainStatistics.Group;
import org.virtkeep.api.DomainStatistics.MemoryFigure;
import org.virtkeep.api.StateReason;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// What domains are and do.
final class StateProcedures implements ProcedureGroup {
    // virDomainXMLFlags. The last two are about migration and processors' features, of which we add none.
    private static final int XML_SECURE = 1;
    private static final int XML_INACTIVE = 1 << 1;
    private static final int XML_UPDATE_CPU = 1 << 2;
    private static final int XML_MIGRATABLE = 1 << 3;
    private static final int XML_KNOWN = XML_SECURE | XML_INACTIVE | XML_UPDATE_CPU | XML_MIGRATABLE;

    /// `VIR_DOMAIN_VCPU_MAXIMUM`; a domain has all of its processors from its start on.
    private static final int VCPU_MAXIMUM = 1 << 2;

    // virDomainMessageType.
    private static final int MESSAGE_DEPRECATION = 1;
    private static final int MESSAGE_TAINTING = 1 << 1;

    /// `VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON`.
    private static final int ACTUAL_BALLOON = 6;

    private final Host host;

    StateProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_GET_STATE, (_, args) -> state(args))
                .on(LibvirtProgram.DOMAIN_GET_INFO, (_, ref) -> info(ref))
                .on(
                        LibvirtProgram.DOMAIN_IS_ACTIVE,
                        (_, ref) -> host.domain(ref).state() != DomainState.SHUTOFF)
                .on(
                        LibvirtProgram.DOMAIN_IS_PERSISTENT,
                        (_, ref) -> host.domain(ref).isPersistent())
                .on(
                        LibvirtProgram.DOMAIN_IS_UPDATED,
                        (_, ref) -> host.domain(ref).isUpdated())
                .on(LibvirtProgram.DOMAIN_GET_OS_TYPE, (_, ref) -> {
                    host.domain(ref);
                    return "hvm";
                })
                .on(LibvirtProgram.DOMAIN_GET_XML_DESC, this::xml)
                .on(
                        LibvirtProgram.DOMAIN_GET_AUTOSTART,
                        (_, ref) -> host.domain(ref).isAutostart())
                .run(
                        LibvirtProgram.DOMAIN_SET_AUTOSTART,
                        (_, args) -> host.domain(args.domain()).setAutostart(args.autostart()));
        addFigures(builder);
    }

    private void addFigures(RpcDispatcher.Builder<Client> builder) {
        builder.on(
                        LibvirtProgram.DOMAIN_GET_MAX_MEMORY,
                        (_, ref) -> host.domain(ref).info().maximumMemoryKib())
                .on(
                        LibvirtProgram.DOMAIN_GET_MAX_VCPUS,
                        (_, ref) -> host.domain(ref).info().vcpus())
                .on(LibvirtProgram.DOMAIN_GET_VCPUS_FLAGS, (_, args) -> vcpus(args))
                .on(LibvirtProgram.DOMAIN_MEMORY_STATS, (_, args) -> memory(args))
                .on(LibvirtProgram.DOMAIN_GET_CONTROL_INFO, (_, args) -> control(args))
                .on(LibvirtProgram.DOMAIN_GET_MESSAGES, (_, args) -> messages(args))
                .on(LibvirtProgram.DOMAIN_GET_SECURITY_LABEL, (_, ref) -> {
                    host.domain(ref);
                    return new DomainMessages.SecurityLabel("", false);
                });
    }

    private DomainMessages.State state(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainGetState");
        StateReason reason = host.domain(args.domain()).stateReason();
        return new DomainMessages.State(reason.state().wireValue(), reason.wireValue());
    }

    private DomainMessages.Info info(DomainRef ref) {
        DomainInfo info = host.domain(ref).info();
        return new DomainMessages.Info(
                info.state().wireValue(),
                info.maximumMemoryKib(),
                info.memoryKib(),
                info.vcpus(),
                info.cpuNanoseconds());
    }

    private String xml(Client client, DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), XML_KNOWN, "virDomainGetXMLDesc");
        boolean secure = (args.flags() & XML_SECURE) != 0;
        client.refuseSecrets(secure, ErrorDomain.DOMAIN, "virDomainGetXMLDesc");
        var flags = EnumSet.noneOf(Domain.XmlFlag.class);
        if (secure) {
            flags.add(Domain.XmlFlag.SECURE);
        }
        if ((args.flags() & XML_INACTIVE) != 0) {
            flags.add(Domain.XmlFlag.INACTIVE);
        }
        return host.domain(args.domain()).xml(flags);
    }

    private int vcpus(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), Affects.MASK | VCPU_MAXIMUM, "virDomainGetVcpusFlags");
        Domain domain = host.domain(args.domain());
        Affects.of(args.flags(), domain);
        return domain.info().vcpus();
    }

    private DomainMessages.MemoryStats memory(DomainMessages.MemoryStatsArgs args) {
        Flags.check(args.flags(), 0, "virDomainMemoryStats");
        Domain domain = host.domain(args.domain());
        DomainStatistics statistics = domain.statistics(Set.of(Group.MEMORY));
        if (statistics.state().state() == DomainState.SHUTOFF) {
            throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "domain is not running");
        }
        var stats = new ArrayList<DomainMessages.MemoryStat>();
        statistics.memory().ifPresent(memory -> {
            stats.add(new DomainMessages.MemoryStat(ACTUAL_BALLOON, memory.currentKib()));
            Arrays.stream(MemoryFigure.values())
                    .filter(memory.figures()::containsKey)
                    .forEach(figure -> stats.add(new DomainMessages.MemoryStat(
                            figure.wireValue(), memory.figures().get(figure))));
        });
        return new DomainMessages.MemoryStats(
                stats.stream().limit(Math.max(0, args.maximumCount())).toList());
    }

    /// That the monitor answers is found out by asking it.
    private DomainMessages.ControlInfo control(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainGetControlInfo");
        if (host.domain(args.domain()).state() == DomainState.SHUTOFF) {
            throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "domain is not running");
        }
        return new DomainMessages.ControlInfo(0, 0, 0);
    }

    private DomainMessages.Messages messages(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), MESSAGE_DEPRECATION | MESSAGE_TAINTING, "virDomainGetMessages");
        boolean tainting = args.flags() == 0 || (args.flags() & MESSAGE_TAINTING) != 0;
        Domain domain = host.domain(args.domain());
        return new DomainMessages.Messages(tainting ? domain.messages() : List.of());
    }
}
