package org.virtkeep.qemu;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;

/// Looks at domains without waiting for those that are busy: of these it tells what was recorded last.
/// Immutable and thread-safe.
final class DomainLook {
    private static final Logger LOG = LoggerFactory.getLogger(DomainLook.class);
    /// Long enough for the short operations, short enough for a list.
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final Sessions sessions;
    private final JobServices services;

    DomainLook(Sessions sessions, JobServices services) {
        this.sessions = sessions;
        this.services = services;
    }

    /// What a list shows of a domain.
    record View(UUID uuid, boolean persistent, DomainState state, boolean hasCheckpoint, boolean hasBackup) {

        /// True if in each group of which `filters` has some, at least one holds.
        boolean passes(Set<DomainFilter> filters) {
            Map<Integer, List<DomainFilter>> groups =
                    filters.stream().collect(Collectors.groupingBy(DomainFilter::group));
            return groups.values().stream()
                    .allMatch(alternatives -> alternatives.stream().anyMatch(this::holds));
        }

        private boolean holds(DomainFilter filter) {
            return switch (filter) {
                case ACTIVE -> state != DomainState.SHUTOFF;
                case INACTIVE, SHUTOFF -> state == DomainState.SHUTOFF;
                case PERSISTENT -> persistent;
                case TRANSIENT -> !persistent;
                case RUNNING -> state == DomainState.RUNNING;
                case PAUSED -> state == DomainState.PAUSED;
                case OTHER ->
                    !Arrays.asList(DomainState.RUNNING, DomainState.PAUSED, DomainState.SHUTOFF)
                            .contains(state);
                case HAS_CHECKPOINT -> hasCheckpoint;
                case NO_CHECKPOINT -> !hasCheckpoint;
                case HAS_BACKUP -> hasBackup;
                case NO_BACKUP -> !hasBackup;
            };
        }
    }

    /// The domain as it is now; empty if there is none, or none any more.
    Optional<View> at(String name) {
        DomainFolder folder = sessions.root().folder(name);
        try {
            return view(folder, stateOf(folder));
        } catch (VirtException e) {
            if (e.code() == ErrorCode.NO_DOMAIN) {
                return Optional.empty();
            }
            LOG.debug("domain not looked at domain={}", name, e); // one that hangs must not spoil the list
            return folder.exists() ? view(folder, recorded(folder)) : Optional.empty();
        }
    }

    /// What a domain does, or if it is busy, the state that was last announced.
    ///
    /// @throws VirtException as [Sessions#open] does, except for a busy domain
    DomainState stateOf(DomainFolder folder) {
        Optional<DomainSession> opened = sessions.openIfFree(folder.name(), "look", Deadline.in(LIMIT));
        if (opened.isEmpty()) {
            return recorded(folder);
        }
        try (DomainSession session = opened.get()) {
            return session.state();
        }
    }

    /// The definition that a domain runs with, or else its persistent one.
    DomainDefinition definitionOf(DomainFolder folder) {
        settle(folder);
        return Sessions.definition(folder).orElseThrow(() -> sessions.noDomain(folder.name()));
    }

    /// Lets what was interrupted be finished or undone, and finds out whether QEMU still lives, unless the domain is
    /// busy or does not answer.
    void settle(DomainFolder folder) {
        try {
            Optional<DomainSession> opened = sessions.openIfFree(folder.name(), "look", Deadline.in(LIMIT));
            opened.ifPresent(DomainSession::close);
        } catch (VirtException e) {
            if (e.code() != ErrorCode.OPERATION_TIMEOUT) {
                throw e;
            }
        }
    }

    private static DomainState recorded(DomainFolder folder) {
        try {
            return folder.readRun().map(DomainRun::reported).orElse(DomainState.SHUTOFF);
        } catch (VirtException e) {
            LOG.warn("run not readable domain={}", folder.name(), e);
            return DomainState.NOSTATE;
        }
    }

    private Optional<View> view(DomainFolder folder, DomainState state) {
        return folder.uuid()
                .map(uuid -> new View(
                        uuid,
                        folder.definitionXml().isPresent(),
                        state,
                        !services.checkpoints().names(folder).isEmpty(),
                        services.backups().hasRunning(folder)));
    }
}
