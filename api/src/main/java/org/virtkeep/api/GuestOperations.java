package org.virtkeep.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.VirtException;

/// What a domain's guest does for us through its agent. A part of [Domain]. Every wait for the agent
/// has a limit.
public interface GuestOperations {

    /// Freezes the guest's file systems (`virDomainFSFreeze`), until [#thawFileSystems] thaws them:
    /// nobody else does.
    ///
    /// @param mountPoints which; empty for all
    /// @return how many
    /// @throws VirtException OPERATION_INVALID if the domain does not run; ARGUMENT_UNSUPPORTED if it
    ///     has no channel for an agent; AGENT_UNRESPONSIVE if no agent listens or it does not answer
    ///     in time; INTERNAL_ERROR with the agent's reason if it refuses
    default int freezeFileSystems(List<String> mountPoints) {
        throw NotOffered.by("virDomainFSFreeze");
    }

    /// Thaws all file systems that are frozen (`virDomainFSThaw`).
    ///
    /// @return how many
    /// @throws VirtException as [#freezeFileSystems], and so all that follow
    default int thawFileSystems() {
        throw NotOffered.by("virDomainFSThaw");
    }

    default List<GuestFileSystem> guestFileSystems() {
        throw NotOffered.by("virDomainGetFSInfo");
    }

    /// @param parts which; empty for all that the agent knows. One that was named and that the agent
    ///     does not know is refused
    default GuestInfo guestInfo(Set<GuestInfo.Part> parts) {
        throw NotOffered.by("virDomainGetGuestInfo");
    }

    default String guestHostName() {
        throw NotOffered.by("virDomainGetHostname");
    }

    /// The guest's clock.
    default Instant guestTime() {
        throw NotOffered.by("virDomainGetTime");
    }

    /// Sets the guest's clock.
    ///
    /// @param time empty for that of its hardware clock
    default void setGuestTime(Optional<Instant> time) {
        throw NotOffered.by("virDomainSetTime");
    }

    /// Gives free areas of the guest's file systems back to its disks.
    ///
    /// @param minimumBytes smaller areas may be left alone
    default void trimFileSystems(long minimumBytes) {
        throw NotOffered.by("virDomainFSTrim");
    }

    /// Sends a command to the guest's agent, and returns its answer.
    ///
    /// @param command as the agent's protocol has it, in JSON
    /// @param limit   for the answer
    default String agentCommand(String command, Duration limit) {
        throw NotOffered.by("virDomainQemuAgentCommand");
    }
}
