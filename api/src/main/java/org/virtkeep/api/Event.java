package org.virtkeep.api;

import java.time.Instant;
import java.util.Optional;

/// Something that happened to a domain. Events have a total order: their sequence numbers.
public sealed interface Event {

    /// Greater than that of every earlier event of this host.
    long sequence();

    Instant time();

    /// The domain's name; empty for [EventsLost].
    String domain();

    /// The domain changed its state (`VIR_DOMAIN_EVENT_ID_LIFECYCLE`).
    record Lifecycle(long sequence, Instant time, String domain, LifecycleType type, String detail) implements Event {}

    /// A disk of a push finished, or another job of a disk became ready or ended
    /// (`VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2`).
    ///
    /// @param jobId the backup job's; 0 if it is none
    /// @param disk  target device
    /// @param path  the disk's source
    record BlockJob(
            long sequence,
            Instant time,
            String domain,
            BlockJobType type,
            int jobId,
            String disk,
            String path,
            BlockJobStatus status,
            Optional<String> error)
            implements Event {

        /// For a backup.
        public BlockJob(
                long sequence,
                Instant time,
                String domain,
                int jobId,
                String disk,
                String path,
                BlockJobStatus status,
                Optional<String> error) {
            this(sequence, time, domain, BlockJobType.BACKUP, jobId, disk, path, status, error);
        }
    }

    /// A backup job ended (`VIR_DOMAIN_EVENT_ID_JOB_COMPLETED`). The last event of its job.
    record JobCompleted(long sequence, Instant time, String domain, BackupJob job) implements Event {}

    /// QEMU told something about the guest or a device, which a running daemon or `virtkeep event` passes on. While
    /// none of them listens, such events are not recorded.
    record GuestNotice(long sequence, Instant time, String domain, Notice notice) implements Event {}

    /// What QEMU told. Devices are named as the domain's XML names them: a disk by its target.
    sealed interface Notice {
        /// The machine was reset, by the guest or from outside (`VIR_DOMAIN_EVENT_ID_REBOOT`).
        record Rebooted() implements Notice {}

        /// The guest's agent came or went (`VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE`).
        record AgentChanged(boolean connected) implements Notice {}

        /// A device was plugged in (`VIR_DOMAIN_EVENT_ID_DEVICE_ADDED`).
        record DeviceAdded(String device) implements Notice {}

        /// The guest has given a device up (`VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED`).
        record DeviceRemoved(String device) implements Notice {}

        /// A drive was opened or closed (`VIR_DOMAIN_EVENT_ID_TRAY_CHANGE`).
        record TrayMoved(String device, boolean open) implements Notice {}

        /// A disk's image could not be read or written (`VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON`).
        ///
        /// @param path    the disk's source
        /// @param paused  true if the guest was paused; false if it was told of the error
        /// @param noSpace true if storage is full
        record IoError(String device, String path, boolean paused, boolean noSpace) implements Notice {}

        /// A write has gone beyond a place that was set (`VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD`). It is told once.
        ///
        /// @param path           the disk's source
        /// @param thresholdBytes as it was set
        /// @param excessBytes    how far the write went beyond it
        record ThresholdExceeded(String device, String path, long thresholdBytes, long excessBytes) implements Notice {}
    }

    /// Events before this one were dropped because the reader stayed away too long.
    record EventsLost(long sequence, Instant time) implements Event {
        @Override
        public String domain() {
            return "";
        }
    }

    /// With libvirt's numbers (`virDomainEventType`).
    enum LifecycleType {
        DEFINED(0),
        UNDEFINED(1),
        STARTED(2),
        SUSPENDED(3),
        RESUMED(4),
        STOPPED(5),
        SHUTDOWN(6),
        CRASHED(8);

        private final int wireValue;

        LifecycleType(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }

    /// With libvirt's numbers (`virConnectDomainEventBlockJobStatus`).
    enum BlockJobStatus {
        COMPLETED(0),
        FAILED(1),
        CANCELED(2),
        READY(3);

        private final int wireValue;

        BlockJobStatus(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }
}
