package org.virtkeep.cli;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.virtkeep.api.Event;

/// The kinds of events, with virsh's names.
enum EventKind {
    LIFECYCLE("lifecycle", event -> event instanceof Event.Lifecycle),
    BLOCK_JOB("block-job", event -> event instanceof Event.BlockJob),
    JOB_COMPLETED("job-completed", event -> event instanceof Event.JobCompleted);

    private final String label;
    private final Predicate<Event> member;

    EventKind(String label, Predicate<Event> member) {
        this.label = label;
        this.member = member;
    }

    String label() {
        return label;
    }

    boolean includes(Event event) {
        return member.test(event);
    }

    static Optional<EventKind> named(String label) {
        return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
    }
}
