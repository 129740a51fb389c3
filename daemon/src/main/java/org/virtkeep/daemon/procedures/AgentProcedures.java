package org.virtkeep.daemon.procedures;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.AgentMessages;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.QemuProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// What goes to the agent in a guest, or to QEMU's monitor.
final class AgentProcedures implements ProcedureGroup {
    /// `VIR_DOMAIN_TIME_SYNC`: from the guest's hardware clock.
    private static final int TIME_SYNC = 1;
    /// `VIR_DOMAIN_GET_HOSTNAME_AGENT`.
    private static final int HOSTNAME_BY_AGENT = 1 << 1;
    /// `VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP`.
    private static final int HUMAN = 1;

    // virDomainQemuAgentCommandTimeoutValues.
    private static final int TIMEOUT_BLOCK = -2;
    private static final int TIMEOUT_NOWAIT = 0;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final Duration USUAL_WAIT = Duration.ofSeconds(5);
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    private final Host host;

    AgentProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_FSFREEZE, (_, args) -> {
                    Flags.check(args.flags(), 0, "virDomainFSFreeze");
                    return host.domain(args.domain()).freezeFileSystems(args.mountPoints());
                })
                .on(LibvirtProgram.DOMAIN_FSTHAW, (_, args) -> thaw(args))
                .on(LibvirtProgram.DOMAIN_GET_FSINFO, (_, args) -> fileSystems(args))
                .on(LibvirtProgram.DOMAIN_GET_GUEST_INFO, (_, args) -> guestInfo(args))
                .on(LibvirtProgram.DOMAIN_GET_HOSTNAME, (_, args) -> {
                    Flags.check(args.flags(), HOSTNAME_BY_AGENT, "virDomainGetHostname");
                    return host.domain(args.domain()).guestHostName();
                })
                .on(LibvirtProgram.DOMAIN_GET_TIME, (_, args) -> time(args))
                .run(LibvirtProgram.DOMAIN_SET_TIME, (_, args) -> setTime(args))
                .run(LibvirtProgram.DOMAIN_FSTRIM, (_, args) -> trim(args))
                .on(QemuProgram.DOMAIN_AGENT_COMMAND, (_, args) -> agentCommand(args))
                .on(QemuProgram.DOMAIN_MONITOR_COMMAND, (_, args) -> {
                    Flags.check(args.flags(), HUMAN, "virDomainQemuMonitorCommand");
                    return host.domain(args.domain()).monitorCommand(args.command(), (args.flags() & HUMAN) != 0);
                });
    }

    private int thaw(AgentMessages.MountPoints args) {
        Flags.check(args.flags(), 0, "virDomainFSThaw");
        if (!args.mountPoints().isEmpty()) {
            throw unsupported("specifying mountpoints is not supported");
        }
        return host.domain(args.domain()).thawFileSystems();
    }

    private static VirtException unsupported(String message) {
        return VirtException.qemu(ErrorCode.ARGUMENT_UNSUPPORTED, message);
    }

    private AgentMessages.FileSystems fileSystems(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainGetFSInfo");
        List<AgentMessages.FileSystem> found = host.domain(args.domain()).guestFileSystems().stream()
                .map(AgentProcedures::fileSystem)
                .toList();
        return new AgentMessages.FileSystems(found, found.size());
    }

    private static AgentMessages.FileSystem fileSystem(GuestFileSystem system) {
        return new AgentMessages.FileSystem(system.mountPoint(), system.name(), system.type(), system.disks());
    }

    private AgentMessages.GuestInfo guestInfo(AgentMessages.GuestInfoArgs args) {
        Flags.check(args.flags(), 0, "virDomainGetGuestInfo");
        var parts = Flags.of(args.types(), GuestInfo.Part.class, GuestInfo.Part::wireValue, "virDomainGetGuestInfo");
        return new AgentMessages.GuestInfo(
                GuestParameters.of(host.domain(args.domain()).guestInfo(parts)));
    }

    private AgentMessages.Time time(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainGetTime");
        Instant time = host.domain(args.domain()).guestTime();
        return new AgentMessages.Time(time.getEpochSecond(), time.getNano());
    }

    private void setTime(AgentMessages.SetTime args) {
        Flags.check(args.flags(), TIME_SYNC, "virDomainSetTime");
        boolean sync = (args.flags() & TIME_SYNC) != 0;
        Domain domain = host.domain(args.domain());
        domain.setGuestTime(
                sync
                        ? Optional.empty()
                        : Optional.of(
                                Instant.ofEpochSecond(args.seconds(), Integer.toUnsignedLong(args.nanoseconds()))));
    }

    private void trim(AgentMessages.Trim args) {
        Flags.check(args.flags(), 0, "virDomainFSTrim");
        if (args.mountPoint().isPresent()) {
            throw unsupported("Specifying mount point is not supported for now");
        }
        host.domain(args.domain()).trimFileSystems(args.minimumBytes());
    }

    private Optional<String> agentCommand(AgentMessages.AgentCommand args) {
        Flags.check(args.flags(), 0, "virDomainQemuAgentCommand");
        return Optional.of(host.domain(args.domain()).agentCommand(args.command(), limit(args.timeoutSeconds())));
    }

    /// Nobody waits for ever.
    private static Duration limit(int seconds) {
        return switch (seconds) {
            case TIMEOUT_BLOCK -> LONGEST_WAIT;
            case TIMEOUT_NOWAIT -> SHORTEST_WAIT;
            default -> seconds < 0 ? USUAL_WAIT : Duration.ofSeconds(seconds);
        };
    }
}
