package org.virtkeep.cli;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.virtkeep.api.Event;

/// The kinds of events, with virsh's names.
enum EventKind {
    LIFECYCLE("lifecycle", event -> event instanceof Event.Lifecycle),
    BLOCK_JOB("block-job", event -> event instanceof Event.BlockJob),
    JOB_COMPLETED("job-completed", event -> event instanceof Event.JobCompleted),
    REBOOT("reboot", event -> isNotice(event, Event.Notice.Rebooted.class)),
    AGENT_LIFECYCLE("agent-lifecycle", event -> isNotice(event, Event.Notice.AgentChanged.class)),
    DEVICE_ADDED("device-added", event -> isNotice(event, Event.Notice.DeviceAdded.class)),
    DEVICE_REMOVED("device-removed", event -> isNotice(event, Event.Notice.DeviceRemoved.class)),
    TRAY_CHANGE("tray-change", event -> isNotice(event, Event.Notice.TrayMoved.class)),
    IO_ERROR("io-error", event -> isNotice(event, Event.Notice.IoError.class)),
    BLOCK_THRESHOLD("block-threshold", event -> isNotice(event, Event.Notice.ThresholdExceeded.class));

    private final String label;
    private final Predicate<Event> member;

    EventKind(String label, Predicate<Event> member) {
        this.label = label;
        this.member = member;
    }

    private static boolean isNotice(Event event, Class<? extends Event.Notice> type) {
        return event instanceof Event.GuestNotice told && type.isInstance(told.notice());
    }

    static EventKind of(Event.Notice notice) {
        return switch (notice) {
            case Event.Notice.Rebooted _ -> REBOOT;
            case Event.Notice.AgentChanged _ -> AGENT_LIFECYCLE;
            case Event.Notice.DeviceAdded _ -> DEVICE_ADDED;
            case Event.Notice.DeviceRemoved _ -> DEVICE_REMOVED;
            case Event.Notice.TrayMoved _ -> TRAY_CHANGE;
            case Event.Notice.IoError _ -> IO_ERROR;
            case Event.Notice.ThresholdExceeded _ -> BLOCK_THRESHOLD;
        };
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
