package org.virtkeep.qemu;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.StateReason;
import org.virtkeep.qemu.session.GuestChange;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qmp.QmpMonitor;

/// The running domains whose QEMU is listened to, by this process. What these do is known without asking them.
/// Thread-safe; owns the watches.
final class WatchedDomains {
    private final Map<String, GuestWatch> watches = new ConcurrentHashMap<>();

    /// What a domain does: as it was recorded last, if its QEMU would have told of a change since. Empty if the domain
    /// has to be looked at.
    Optional<StateReason> find(DomainFolder folder) {
        GuestWatch watch = watches.get(folder.name());
        return watch == null
                ? Optional.empty()
                : folder.readRun()
                        .filter(WatchedDomains::isSteady)
                        .filter(watch::isUpToDate)
                        .map(ReasonWords::ofRecord);
    }

    /// In other states something is to be done when the domain is looked at.
    static boolean isSteady(DomainRun run) {
        return run.reported() == DomainState.RUNNING || run.reported() == DomainState.PAUSED;
    }

    /// True if this run is listened to, and its QEMU has told of nothing that was not looked at since.
    boolean isUpToDate(DomainFolder folder, DomainRun run) {
        GuestWatch watch = watches.get(folder.name());
        return watch != null && watch.isUpToDate(run);
    }

    /// The connection to a run that is listened to.
    Optional<QmpMonitor> monitor(DomainFolder folder, DomainRun run) {
        return Optional.ofNullable(watches.get(folder.name()))
                .filter(watch -> watch.isOf(run))
                .map(GuestWatch::monitor);
    }

    /// As [GuestWatch#ownChange] of a run that is listened to.
    GuestChange changing(DomainFolder folder, DomainRun run) {
        GuestWatch watch = watches.get(folder.name());
        return watch != null && watch.isOf(run) ? watch.ownChange() : GuestChange.UNHEARD;
    }

    /// As [GuestWatch#balloonBytes] for a run that is listened to; else it is asked for.
    long balloonBytes(DomainFolder folder, DomainRun run, LongSupplier ask) {
        GuestWatch watch = watches.get(folder.name());
        return watch != null && watch.isOf(run) ? watch.balloonBytes(ask) : ask.getAsLong();
    }

    /// True while this run is listened to.
    boolean listensTo(DomainFolder folder, DomainRun run) {
        GuestWatch watch = watches.get(folder.name());
        return watch != null && watch.isOf(run);
    }

    /// Looks again at a domain that was busy when its QEMU told of a change.
    void lookAgain(DomainFolder folder) {
        Optional.ofNullable(watches.get(folder.name())).ifPresent(GuestWatch::lookAgain);
    }

    void put(DomainFolder folder, GuestWatch watch) {
        Optional.ofNullable(watches.put(folder.name(), watch)).ifPresent(GuestWatch::close);
    }

    /// Forgets those that have ended.
    void tidy() {
        watches.values().removeIf(watch -> !watch.isListening());
    }

    /// Stops to listen to all.
    void close() {
        BiConsumer<String, GuestWatch> end = (name, watch) -> {
            watches.remove(name, watch);
            watch.close();
        };
        watches.forEach(end);
    }
}
