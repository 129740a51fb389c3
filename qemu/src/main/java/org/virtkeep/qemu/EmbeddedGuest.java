package org.virtkeep.qemu;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.api.GuestOperations;
import org.virtkeep.qemu.session.Sessions;

/// The part of [EmbeddedDomain] that goes to the guest's agent. Immutable.
abstract sealed class EmbeddedGuest implements GuestOperations permits EmbeddedBlockJobs {
    private final AgentCalls agent;

    EmbeddedGuest(Sessions sessions, String name) {
        this.agent = new AgentCalls(sessions, name);
    }

    AgentCalls agent() {
        return agent;
    }

    @Override
    public int freezeFileSystems(List<String> mountPoints) {
        return agent.freeze(mountPoints);
    }

    @Override
    public int thawFileSystems() {
        return agent.thaw();
    }

    @Override
    public List<GuestFileSystem> guestFileSystems() {
        return agent.fileSystems();
    }

    @Override
    public GuestInfo guestInfo(Set<GuestInfo.Part> parts) {
        return agent.info(parts);
    }

    @Override
    public String guestHostName() {
        return agent.hostName();
    }

    @Override
    public Instant guestTime() {
        return agent.time();
    }

    @Override
    public void setGuestTime(Optional<Instant> time) {
        agent.setTime(time);
    }

    @Override
    public void trimFileSystems(long minimumBytes) {
        agent.trim(minimumBytes);
    }

    @Override
    public String agentCommand(String command, Duration limit) {
        return agent.command(command, limit);
    }
}
