package org.virtkeep.cli;

import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Event;

/// Writes the events that were asked for, and counts them.
final class EventPrinter {
    private final Output output;
    private final Optional<String> domain;
    private final Set<EventKind> kinds;
    private final boolean timestamp;
    private long count;

    /// @param domain the name of the only domain whose events are wanted
    EventPrinter(Output output, Optional<String> domain, Set<EventKind> kinds, boolean timestamp) {
        this.output = output;
        this.domain = domain;
        this.kinds = kinds;
        this.timestamp = timestamp;
    }

    long count() {
        return count;
    }

    /// Writes the event if it is wanted. That events were lost is always told, and not counted.
    void print(Event event) {
        if (event instanceof Event.EventsLost) {
            write(event);
        } else if (isWanted(event)) {
            write(event);
            count++;
        }
    }

    private boolean isWanted(Event event) {
        return kinds.stream().anyMatch(kind -> kind.includes(event))
                && domain.stream().allMatch(event.domain()::equals);
    }

    private void write(Event event) {
        if (output.isJson()) {
            output.json(EventView.json(event));
        } else {
            String line = Table.printable(EventView.text(event));
            output.text(timestamp ? Humane.time(event.time()) + ": " + line : line);
        }
    }
}
