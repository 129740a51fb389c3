package org.virtkeep.qemu;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.StateReason;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;

/// Looks at domains without waiting for those that are busy: of these it tells what was recorded last.
/// Immutable and thread-safe.
final class DomainLook {
    private static final Logger LOG = LoggerFactory.getLogger(DomainLook.class);
    /// Long enough for the short operations, short enough for a list.
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final Sessions sessions;
    private final JobServices services;
    private final boolean asksAll;

    DomainLook(Sessions sessions, JobServices services) {
        this(sessions, services, false);
    }

    private DomainLook(Sessions sessions, JobServices services, boolean asksAll) {
        this.sessions = sessions;
        this.services = services;
        this.asksAll = asksAll;
    }

    /// One that also asks domains that are listened to.
    static DomainLook asking(Sessions sessions, JobServices services) {
        return new DomainLook(sessions, services, true);
    }

    /// Filters by what they are about.
    static Collection<List<DomainFilter>> groups(Set<DomainFilter> filters) {
        return filters.stream()
                .collect(Collectors.groupingBy(DomainFilter::group))
                .values();
    }

    /// What a list shows of a domain. What is not asked for is not looked at: a list may be long.
    ///
    /// @param certain true if the domain's files, or its QEMU, tell of every change
    record View(DomainFolder folder, UUID uuid, DomainState state, boolean certain, JobServices services) {

        /// True if in each group at least one filter holds.
        boolean passes(Collection<List<DomainFilter>> groups) {
            return groups.stream()
                    .allMatch(alternatives -> alternatives.stream().anyMatch(this::holds));
        }

        private boolean holds(DomainFilter filter) {
            return switch (filter) {
                case ACTIVE -> state != DomainState.SHUTOFF;
                case INACTIVE, SHUTOFF -> state == DomainState.SHUTOFF;
                case PERSISTENT -> folder.isDefined();
                case TRANSIENT -> !folder.isDefined();
                case RUNNING -> state == DomainState.RUNNING;
                case PAUSED -> state == DomainState.PAUSED;
                case OTHER ->
                    !Arrays.asList(DomainState.RUNNING, DomainState.PAUSED, DomainState.SHUTOFF)
                            .contains(state);
                case MANAGED_SAVE -> false;
                case NO_MANAGED_SAVE -> true;
                case AUTOSTART -> folder.isAutostart();
                case NO_AUTOSTART -> !folder.isAutostart();
                case HAS_SNAPSHOT -> hasSnapshot();
                case NO_SNAPSHOT -> !hasSnapshot();
                case HAS_CHECKPOINT -> hasCheckpoint();
                case NO_CHECKPOINT -> !hasCheckpoint();
                case HAS_BACKUP -> hasBackup();
                case NO_BACKUP -> !hasBackup();
            };
        }

        private boolean hasSnapshot() {
            return !services.snapshots().names(folder).isEmpty();
        }

        private boolean hasCheckpoint() {
            return !services.checkpoints().names(folder).isEmpty();
        }

        private boolean hasBackup() {
            return services.backups().hasRunning(folder);
        }
    }

    /// The domain as it is now; empty if there is none, or none any more.
    Optional<View> at(DomainFolder folder) {
        Optional<SettledDomains.Settled> settled = settled(folder);
        if (settled.isPresent()) {
            return Optional.of(
                    new View(folder, settled.get().uuid(), settled.get().run().reported(), true, services));
        }
        Optional<RestingDomains.Rest> rest = services.resting().find(folder);
        if (rest.isPresent()) {
            return Optional.of(new View(folder, rest.get().uuid(), DomainState.SHUTOFF, true, services));
        }
        if (!folder.exists()) {
            return Optional.empty();
        }
        try {
            return view(folder, stateOf(folder));
        } catch (VirtException e) {
            if (e.code() == ErrorCode.NO_DOMAIN) {
                return Optional.empty();
            }
            LOG.debug("domain not looked at domain={}", folder.name(), e); // one that hangs must not spoil the list
            return folder.exists() ? view(folder, recorded(folder).state()) : Optional.empty();
        }
    }

    /// What a domain does, or if it is busy, the state that was last announced.
    ///
    /// @throws VirtException as [Sessions#open] does, except for a busy domain
    DomainState stateOf(DomainFolder folder) {
        return reasonOf(folder).state();
    }

    /// What a domain does, and why; else as [#stateOf].
    StateReason reasonOf(DomainFolder folder) {
        Optional<SettledDomains.Settled> settled = settled(folder);
        if (settled.isPresent()) {
            return settled.get().reason();
        }
        Optional<RestingDomains.Rest> rest = services.resting().find(folder);
        if (rest.isPresent()) {
            return rest.get().reason();
        }
        Optional<StateReason> known =
                asksAll ? Optional.empty() : services.watched().find(folder);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<DomainSession> opened = sessions.openIfFree(folder.name(), "look", Deadline.in(LIMIT));
        if (opened.isEmpty()) {
            return recorded(folder);
        }
        try (DomainSession session = opened.get()) {
            return session.isActive()
                    ? ReasonWords.of(session.runState(), session.run().orElseThrow())
                    : ReasonWords.ofEnd(folder.lastEnd());
        }
    }

    /// The definition that a domain runs with, or else its persistent one.
    DomainDefinition definitionOf(DomainFolder folder) {
        Optional<SettledDomains.Settled> settled = settled(folder);
        if (settled.isPresent()) {
            return settled.get().definition();
        }
        if (services.resting().find(folder).isEmpty()) {
            settle(folder);
        }
        return Sessions.definition(folder).orElseThrow(() -> sessions.noDomain(folder.name()));
    }

    /// Has a domain's state recorded as it is now.
    ///
    /// @return false if it is busy, or does not answer
    boolean ask(DomainFolder folder) {
        try {
            return openAndClose(folder);
        } catch (VirtException e) {
            LOG.debug("domain not looked at domain={}", folder.name(), e);
            return false;
        }
    }

    /// Lets what was interrupted be finished or undone, and finds out whether QEMU still lives, unless
    /// the domain is busy or does not answer.
    void settle(DomainFolder folder) {
        if (settled(folder).isPresent()) {
            return;
        }
        try {
            openAndClose(folder);
        } catch (VirtException e) {
            if (e.code() != ErrorCode.OPERATION_TIMEOUT) {
                throw e;
            }
        }
    }

    /// @return false if the domain is busy
    private boolean openAndClose(DomainFolder folder) {
        Optional<DomainSession> opened = sessions.openIfFree(folder.name(), "look", Deadline.in(LIMIT));
        opened.ifPresent(DomainSession::close);
        return opened.isPresent();
    }

    private Optional<SettledDomains.Settled> settled(DomainFolder folder) {
        return asksAll ? Optional.empty() : services.settled().find(folder);
    }

    private static StateReason recorded(DomainFolder folder) {
        try {
            return folder.readRun().map(ReasonWords::ofRecord).orElseGet(() -> ReasonWords.ofEnd(folder.lastEnd()));
        } catch (VirtException e) {
            LOG.warn("run not readable domain={}", folder.name(), e);
            return StateReason.NOSTATE_UNKNOWN;
        }
    }

    private Optional<View> view(DomainFolder folder, DomainState state) {
        return folder.uuid().map(uuid -> new View(folder, uuid, state, false, services));
    }
}
