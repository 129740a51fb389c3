package org.virtkeep.remote;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.api.Event.LifecycleType;

/// libvirt's numbers for changes of state (`virDomainEventType` and the enumeration of details of each) in words.
final class LifecycleWords {
    /// `VIR_DOMAIN_EVENT_PMSUSPENDED`, which the API tells as a suspension.
    private static final int PM_SUSPENDED = 7;

    private static final Map<Integer, List<String>> DETAILS = Map.of(
            0,
            List.of("added", "updated", "renamed", "from snapshot"),
            1,
            List.of("removed", "renamed"),
            2,
            List.of("booted", "migrated", "restored", "from snapshot", "wakeup"),
            3,
            List.of(
                    "paused",
                    "migrated",
                    "i/o error",
                    "watchdog",
                    "restored",
                    "from snapshot",
                    "api error",
                    "postcopy",
                    "postcopy failed",
                    "guest shutdown"),
            4,
            List.of("unpaused", "migrated", "from snapshot", "postcopy", "postcopy failed"),
            5,
            List.of("shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot"),
            6,
            List.of("finished", "by guest", "by host"),
            PM_SUSPENDED,
            List.of("to memory", "to disk"),
            8,
            List.of("panicked", "crashloaded"));

    private LifecycleWords() {}

    /// @return empty for an event that is newer than this client
    static Optional<LifecycleType> type(int event) {
        return event == PM_SUSPENDED
                ? Optional.of(LifecycleType.SUSPENDED)
                : Arrays.stream(LifecycleType.values())
                        .filter(type -> type.wireValue() == event)
                        .findFirst();
    }

    static String detail(int event, int detail) {
        List<String> words = DETAILS.getOrDefault(event, List.of());
        return detail >= 0 && detail < words.size() ? words.get(detail) : "";
    }
}
