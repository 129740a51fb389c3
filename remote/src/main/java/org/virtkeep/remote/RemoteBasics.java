package org.virtkeep.remote;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainInfo;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.Metadata;
import org.virtkeep.api.StateReason;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.AgentMessages;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.Procedure;
import org.virtkeep.rpc.QemuProgram;

/// The part of [RemoteDomain] that is one call of libvirt's each, whichever daemon answers. Immutable.
abstract class RemoteBasics extends RemoteBlockJobs implements Domain {
    /// `VIR_DOMAIN_SHUTDOWN_GUEST_AGENT`, and the same for a reboot.
    private static final int BY_AGENT = 1 << 1;
    /// `VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN`, and the same for a reboot.
    private static final int BY_POWER_BUTTON = 1;

    private final Link link;
    private final DomainRef domain;

    RemoteBasics(Link link, DomainRef domain) {
        super(link, domain);
        this.link = link;
        this.domain = domain;
    }

    private <R> R ask(Procedure<DomainMessages.DomainFlags, R> procedure) {
        return link.call(procedure, new DomainMessages.DomainFlags(domain, 0));
    }

    private void order(Procedure<DomainMessages.DomainFlags, Nothing> procedure, int flags) {
        link.call(procedure, new DomainMessages.DomainFlags(domain, flags));
    }

    static DomainState state(int number) {
        return Arrays.stream(DomainState.values())
                .filter(known -> known.wireValue() == number)
                .findFirst()
                .orElse(DomainState.NOSTATE);
    }

    @Override
    public DomainState state() {
        return state(ask(LibvirtProgram.DOMAIN_GET_STATE).state());
    }

    @Override
    public StateReason stateReason() {
        DomainMessages.State now = ask(LibvirtProgram.DOMAIN_GET_STATE);
        return StateReason.of(state(now.state()), now.reason());
    }

    @Override
    public DomainInfo info() {
        DomainMessages.Info info = link.call(LibvirtProgram.DOMAIN_GET_INFO, domain);
        return new DomainInfo(
                state(info.state()),
                info.maximumMemoryKib(),
                info.memoryKib(),
                info.virtualProcessors(),
                info.cpuNanoseconds());
    }

    @Override
    public DomainStatistics statistics(Set<DomainStatistics.Group> groups) {
        return StatsFromWire.ask(link, domain, groups)
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN, "there is no domain '%s' any more".formatted(domain.name())));
    }

    /// How many there may be is asked first.
    @Override
    public Map<String, DiskError> diskErrors() {
        int disks = diskErrors(0).count();
        if (disks == 0) {
            return Map.of();
        }
        var errors = new TreeMap<String, DiskError>();
        for (BlockMessages.DiskError error : diskErrors(disks).errors()) {
            boolean noSpace = error.error() == DiskError.NO_SPACE.wireValue();
            errors.put(error.disk(), noSpace ? DiskError.NO_SPACE : DiskError.UNSPECIFIC);
        }
        return errors;
    }

    private BlockMessages.DiskErrors diskErrors(int room) {
        return link.call(LibvirtProgram.DOMAIN_GET_DISK_ERRORS, new BlockMessages.DiskErrorsArgs(domain, room, 0));
    }

    @Override
    public boolean isUpdated() {
        return link.call(LibvirtProgram.DOMAIN_IS_UPDATED, domain);
    }

    @Override
    public List<String> messages() {
        return ask(LibvirtProgram.DOMAIN_GET_MESSAGES).messages();
    }

    @Override
    public void shutdownByAgent() {
        order(LibvirtProgram.DOMAIN_SHUTDOWN_FLAGS, BY_AGENT);
    }

    @Override
    public void reboot(boolean byAgent) {
        order(LibvirtProgram.DOMAIN_REBOOT, byAgent ? BY_AGENT : BY_POWER_BUTTON);
    }

    @Override
    public void reset() {
        order(LibvirtProgram.DOMAIN_RESET, 0);
    }

    @Override
    public void destroy(Set<DestroyFlag> flags) {
        int bits = 0;
        for (DestroyFlag flag : flags) {
            bits |= switch (flag) {
                case GRACEFUL -> 1;
                case REMOVE_LOGS -> 1 << 1;
            };
        }
        order(LibvirtProgram.DOMAIN_DESTROY_FLAGS, bits);
    }

    @Override
    public boolean isAutostart() {
        return link.call(LibvirtProgram.DOMAIN_GET_AUTOSTART, domain);
    }

    @Override
    public void setAutostart(boolean autostart) {
        link.call(LibvirtProgram.DOMAIN_SET_AUTOSTART, new DomainMessages.SetAutostart(domain, autostart));
    }

    @Override
    public Optional<String> metadata(Metadata which, Metadata.Place place) {
        try {
            return Optional.of(link.call(
                    LibvirtProgram.DOMAIN_GET_METADATA,
                    new DomainMessages.GetMetadata(domain, type(which), namespace(which), flags(place))));
        } catch (VirtException e) {
            if (e.code() != ErrorCode.NO_DOMAIN_METADATA) {
                throw e;
            }
            return Optional.empty();
        }
    }

    @Override
    public void setMetadata(Metadata which, Optional<String> text, Optional<String> prefix, Metadata.Place place) {
        link.call(
                LibvirtProgram.DOMAIN_SET_METADATA,
                new DomainMessages.SetMetadata(domain, type(which), text, prefix, namespace(which), flags(place)));
    }

    private static int type(Metadata which) {
        return switch (which) {
            case Metadata.Description() -> 0;
            case Metadata.Title() -> 1;
            case Metadata.Element _ -> 2;
        };
    }

    private static Optional<String> namespace(Metadata which) {
        return which instanceof Metadata.Element(String uri) ? Optional.of(uri) : Optional.empty();
    }

    private static int flags(Metadata.Place place) {
        return switch (place) {
            case CURRENT -> 0;
            case LIVE -> Flags.LIVE;
            case CONFIG -> Flags.CONFIG;
            case LIVE_AND_CONFIG -> Flags.LIVE | Flags.CONFIG;
        };
    }

    @Override
    public String monitorCommand(String command, boolean human) {
        return link.call(
                QemuProgram.DOMAIN_MONITOR_COMMAND, new AgentMessages.MonitorCommand(domain, command, human ? 1 : 0));
    }
}
