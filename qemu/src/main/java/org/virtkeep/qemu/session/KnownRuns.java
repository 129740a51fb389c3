package org.virtkeep.qemu.session;

import java.util.Optional;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qmp.QmpMonitor;

/// What this process knows of running domains anyway, so that a session need not find it out. Must be thread-safe.
public interface KnownRuns {
    /// For a process that knows nothing.
    KnownRuns NONE = new KnownRuns() {
        @Override
        public Optional<QmpMonitor> monitor(DomainFolder folder, DomainRun run) {
            return Optional.empty();
        }

        @Override
        public Optional<SettledRun> settled(DomainFolder folder) {
            return Optional.empty();
        }

        @Override
        public GuestChange changing(DomainFolder folder, DomainRun run) {
            return GuestChange.UNHEARD;
        }

        @Override
        public void note(DomainSession session) {}
    };

    /// A connection to the QEMU of this run. It stays open when a session ends that has used it.
    Optional<QmpMonitor> monitor(DomainFolder folder, DomainRun run);

    /// How the last session left a domain, if nothing was left to be done and none of its files has been changed
    /// since. What its guest has done since is not known. Asked while the domain is held.
    Optional<SettledRun> settled(DomainFolder folder);

    /// Told before a session itself changes what the guest does, while it holds the domain.
    GuestChange changing(DomainFolder folder, DomainRun run);

    /// Told of each session as it ends, while it still holds the domain.
    void note(DomainSession session);

    /// A run about which nothing is to be done, as far as files tell.
    ///
    /// @param monitor  stays open
    /// @param upToDate false if QEMU has told of a change since which nobody has looked at
    /// @param hasJobs  true if a job with a keeper runs
    record SettledRun(
            DomainRun run, DomainDefinition definition, QmpMonitor monitor, boolean upToDate, boolean hasJobs) {}
}
