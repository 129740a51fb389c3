package org.virtkeep.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.api.GuestOperations;
import org.virtkeep.rpc.AgentMessages;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.QemuProgram;

/// The part of [RemoteDomain] that the daemon hands on to the guest's agent. Immutable.
abstract class RemoteGuest implements GuestOperations {
    /// `VIR_DOMAIN_TIME_SYNC`.
    private static final int TIME_SYNC = 1;

    private final Link link;
    private final DomainRef domain;

    RemoteGuest(Link link, DomainRef domain) {
        this.link = link;
        this.domain = domain;
    }

    private DomainMessages.DomainFlags plain() {
        return new DomainMessages.DomainFlags(domain, 0);
    }

    @Override
    public int freezeFileSystems(List<String> mountPoints) {
        return link.call(LibvirtProgram.DOMAIN_FSFREEZE, new AgentMessages.MountPoints(domain, mountPoints, 0));
    }

    @Override
    public int thawFileSystems() {
        return link.call(LibvirtProgram.DOMAIN_FSTHAW, new AgentMessages.MountPoints(domain, List.of(), 0));
    }

    /// The protocol has no sizes.
    @Override
    public List<GuestFileSystem> guestFileSystems() {
        return link.call(LibvirtProgram.DOMAIN_GET_FSINFO, plain()).fileSystems().stream()
                .map(system -> new GuestFileSystem(
                        system.mountPoint(),
                        system.name(),
                        system.type(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        system.disks()))
                .toList();
    }

    @Override
    public GuestInfo guestInfo(Set<GuestInfo.Part> parts) {
        int bits = parts.stream().mapToInt(GuestInfo.Part::wireValue).sum();
        return GuestFromWire.of(
                link.call(LibvirtProgram.DOMAIN_GET_GUEST_INFO, new AgentMessages.GuestInfoArgs(domain, bits, 0))
                        .parameters());
    }

    @Override
    public String guestHostName() {
        return link.call(LibvirtProgram.DOMAIN_GET_HOSTNAME, plain());
    }

    @Override
    public Instant guestTime() {
        AgentMessages.Time time = link.call(LibvirtProgram.DOMAIN_GET_TIME, plain());
        return Instant.ofEpochSecond(time.seconds(), Integer.toUnsignedLong(time.nanoseconds()));
    }

    @Override
    public void setGuestTime(Optional<Instant> time) {
        link.call(
                LibvirtProgram.DOMAIN_SET_TIME,
                new AgentMessages.SetTime(
                        domain,
                        time.map(Instant::getEpochSecond).orElse(0L),
                        time.map(Instant::getNano).orElse(0),
                        time.isPresent() ? 0 : TIME_SYNC));
    }

    @Override
    public void trimFileSystems(long minimumBytes) {
        link.call(LibvirtProgram.DOMAIN_FSTRIM, new AgentMessages.Trim(domain, Optional.empty(), minimumBytes, 0));
    }

    /// The protocol counts whole seconds.
    @Override
    public String agentCommand(String command, Duration limit) {
        int seconds = Math.clamp(limit.plusMillis(999).toSeconds(), 1, Integer.MAX_VALUE);
        return link.call(QemuProgram.DOMAIN_AGENT_COMMAND, new AgentMessages.AgentCommand(domain, command, seconds, 0))
                .orElse("");
    }
}
