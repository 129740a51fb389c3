package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The events of libvirt's program in their newer form, which carries the id of the registration. Clients register
/// for them by event id (`virDomainEventID`, libvirt 9.0.0), see [#byEventId].
public final class LibvirtEvents {

    public static final EventType<GuestEvent.Lifecycle> LIFECYCLE =
            event(318, "DOMAIN_EVENT_CALLBACK_LIFECYCLE", GuestEvent.Lifecycle.class, GuestEvent.Lifecycle.CODEC);
    public static final EventType<GuestEvent.Reboot> REBOOT =
            event(319, "DOMAIN_EVENT_CALLBACK_REBOOT", GuestEvent.Reboot.class, GuestEvent.Reboot.CODEC);
    public static final EventType<GuestEvent.RtcChange> RTC_CHANGE =
            event(320, "DOMAIN_EVENT_CALLBACK_RTC_CHANGE", GuestEvent.RtcChange.class, GuestEvent.RtcChange.CODEC);
    public static final EventType<GuestEvent.Watchdog> WATCHDOG =
            event(321, "DOMAIN_EVENT_CALLBACK_WATCHDOG", GuestEvent.Watchdog.class, GuestEvent.Watchdog.CODEC);
    public static final EventType<DiskEvent.IoError> IO_ERROR =
            event(322, "DOMAIN_EVENT_CALLBACK_IO_ERROR", DiskEvent.IoError.class, DiskEvent.IoError.CODEC);
    public static final EventType<DeviceEvent.Graphics> GRAPHICS =
            event(323, "DOMAIN_EVENT_CALLBACK_GRAPHICS", DeviceEvent.Graphics.class, DeviceEvent.Graphics.CODEC);
    public static final EventType<DiskEvent.IoErrorReason> IO_ERROR_REASON = event(
            324, "DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON", DiskEvent.IoErrorReason.class, DiskEvent.IoErrorReason.CODEC);
    public static final EventType<GuestEvent.ControlError> CONTROL_ERROR = event(
            325, "DOMAIN_EVENT_CALLBACK_CONTROL_ERROR", GuestEvent.ControlError.class, GuestEvent.ControlError.CODEC);
    public static final EventType<DiskEvent.BlockJob> BLOCK_JOB =
            event(326, "DOMAIN_EVENT_CALLBACK_BLOCK_JOB", DiskEvent.BlockJob.class, DiskEvent.BlockJob.CODEC);
    public static final EventType<DiskEvent.DiskChange> DISK_CHANGE =
            event(327, "DOMAIN_EVENT_CALLBACK_DISK_CHANGE", DiskEvent.DiskChange.class, DiskEvent.DiskChange.CODEC);
    public static final EventType<DiskEvent.TrayChange> TRAY_CHANGE =
            event(328, "DOMAIN_EVENT_CALLBACK_TRAY_CHANGE", DiskEvent.TrayChange.class, DiskEvent.TrayChange.CODEC);
    public static final EventType<GuestEvent.PmWakeup> PMWAKEUP =
            event(329, "DOMAIN_EVENT_CALLBACK_PMWAKEUP", GuestEvent.PmWakeup.class, GuestEvent.PmWakeup.CODEC);
    public static final EventType<GuestEvent.PmSuspend> PMSUSPEND =
            event(330, "DOMAIN_EVENT_CALLBACK_PMSUSPEND", GuestEvent.PmSuspend.class, GuestEvent.PmSuspend.CODEC);
    public static final EventType<GuestEvent.BalloonChange> BALLOON_CHANGE = event(
            331,
            "DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE",
            GuestEvent.BalloonChange.class,
            GuestEvent.BalloonChange.CODEC);
    public static final EventType<GuestEvent.PmSuspendDisk> PMSUSPEND_DISK = event(
            332,
            "DOMAIN_EVENT_CALLBACK_PMSUSPEND_DISK",
            GuestEvent.PmSuspendDisk.class,
            GuestEvent.PmSuspendDisk.CODEC);
    public static final EventType<DeviceEvent.DeviceRemoved> DEVICE_REMOVED = event(
            333,
            "DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED",
            DeviceEvent.DeviceRemoved.class,
            DeviceEvent.DeviceRemoved.CODEC);
    public static final EventType<DiskEvent.BlockJob2> BLOCK_JOB_2 =
            event(339, "DOMAIN_EVENT_BLOCK_JOB_2", DiskEvent.BlockJob2.class, DiskEvent.BlockJob2.CODEC);
    public static final EventType<GuestEvent.Tunable> TUNABLE =
            event(346, "DOMAIN_EVENT_CALLBACK_TUNABLE", GuestEvent.Tunable.class, GuestEvent.Tunable.CODEC);
    public static final EventType<GuestEvent.AgentLifecycle> AGENT_LIFECYCLE = event(
            348,
            "DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE",
            GuestEvent.AgentLifecycle.class,
            GuestEvent.AgentLifecycle.CODEC);
    public static final EventType<DeviceEvent.DeviceAdded> DEVICE_ADDED = event(
            354, "DOMAIN_EVENT_CALLBACK_DEVICE_ADDED", DeviceEvent.DeviceAdded.class, DeviceEvent.DeviceAdded.CODEC);
    public static final EventType<GuestEvent.MigrationIteration> MIGRATION_ITERATION = event(
            359,
            "DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION",
            GuestEvent.MigrationIteration.class,
            GuestEvent.MigrationIteration.CODEC);
    public static final EventType<JobEvent.JobCompleted> JOB_COMPLETED =
            event(363, "DOMAIN_EVENT_CALLBACK_JOB_COMPLETED", JobEvent.JobCompleted.class, JobEvent.JobCompleted.CODEC);
    public static final EventType<DeviceEvent.DeviceRemovalFailed> DEVICE_REMOVAL_FAILED = event(
            367,
            "DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED",
            DeviceEvent.DeviceRemovalFailed.class,
            DeviceEvent.DeviceRemovalFailed.CODEC);
    public static final EventType<GuestEvent.MetadataChange> METADATA_CHANGE = event(
            379,
            "DOMAIN_EVENT_CALLBACK_METADATA_CHANGE",
            GuestEvent.MetadataChange.class,
            GuestEvent.MetadataChange.CODEC);
    public static final EventType<DiskEvent.BlockThreshold> BLOCK_THRESHOLD =
            event(385, "DOMAIN_EVENT_BLOCK_THRESHOLD", DiskEvent.BlockThreshold.class, DiskEvent.BlockThreshold.CODEC);
    public static final EventType<GuestEvent.MemoryFailure> MEMORY_FAILURE =
            event(423, "DOMAIN_EVENT_MEMORY_FAILURE", GuestEvent.MemoryFailure.class, GuestEvent.MemoryFailure.CODEC);
    public static final EventType<DeviceEvent.MemoryDeviceSizeChange> MEMORY_DEVICE_SIZE_CHANGE = event(
            438,
            "DOMAIN_EVENT_MEMORY_DEVICE_SIZE_CHANGE",
            DeviceEvent.MemoryDeviceSizeChange.class,
            DeviceEvent.MemoryDeviceSizeChange.CODEC);

    /// Sent to clients that called `CONNECT_REGISTER_CLOSE_CALLBACK`; it has no event id.
    public static final EventType<ConnectMessages.ConnectionClosed> CONNECTION_CLOSED = event(
            362,
            "CONNECT_EVENT_CONNECTION_CLOSED",
            ConnectMessages.ConnectionClosed.class,
            ConnectMessages.ConnectionClosed.CODEC);

    private static final List<EventType<? extends DomainEvent>> BY_EVENT_ID = List.of(
            LIFECYCLE,
            REBOOT,
            RTC_CHANGE,
            WATCHDOG,
            IO_ERROR,
            GRAPHICS,
            IO_ERROR_REASON,
            CONTROL_ERROR,
            BLOCK_JOB,
            DISK_CHANGE,
            TRAY_CHANGE,
            PMWAKEUP,
            PMSUSPEND,
            BALLOON_CHANGE,
            PMSUSPEND_DISK,
            DEVICE_REMOVED,
            BLOCK_JOB_2,
            TUNABLE,
            AGENT_LIFECYCLE,
            DEVICE_ADDED,
            MIGRATION_ITERATION,
            JOB_COMPLETED,
            DEVICE_REMOVAL_FAILED,
            METADATA_CHANGE,
            BLOCK_THRESHOLD,
            MEMORY_FAILURE,
            MEMORY_DEVICE_SIZE_CHANGE);

    /// Every event of libvirt's program that is known here.
    static final List<EventType<?>> ALL =
            Stream.concat(BY_EVENT_ID.stream(), Stream.of(CONNECTION_CLOSED)).toList();

    private LibvirtEvents() {}

    /// @return empty for an id that is not known here, which servers refuse
    public static Optional<EventType<? extends DomainEvent>> byEventId(int eventId) {
        return eventId >= 0 && eventId < BY_EVENT_ID.size() ? Optional.of(BY_EVENT_ID.get(eventId)) : Optional.empty();
    }

    private static <M extends EventMessage> EventType<M> event(
            int number, String name, Class<M> message, XdrCodec<M> codec) {
        return new EventType<>(LibvirtProgram.PROGRAM, number, name, message, codec);
    }
}
