package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;

/// Arguments and replies about the server's record of events, which a client reads by sequence numbers: it
/// outlives connections and the server's process, so that a client that comes again misses nothing.
public final class RecordMessages {

    /// The most events in one reply; more come with the next call.
    public static final int MAXIMUM_EVENTS = 1_024;

    private RecordMessages() {}

    /// @param after      the newest event that the client knows
    /// @param waitMillis how long the reply may be held back while there is none newer; servers may reply
    ///     earlier, with no event
    public record Wait(long after, int waitMillis) {
        static final XdrCodec<Wait> CODEC = XdrCodec.of(
                (it, out) -> out.int64(it.after).int32(it.waitMillis), in -> new Wait(in.int64(), in.int32()));
    }

    /// In the order of their sequence numbers.
    public record Events(List<Event> events) {
        static final XdrCodec<Events> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.events, MAXIMUM_EVENTS, Event.CODEC),
                in -> new Events(in.list(MAXIMUM_EVENTS, Event.CODEC)));

        public Events {
            events = List.copyOf(events);
        }
    }

    /// One event of the record.
    ///
    /// @param sequence   rises from event to event
    /// @param timeMillis since 1970
    /// @param domain     its name; empty for [What.Lost]
    public record Event(long sequence, long timeMillis, String domain, What what) {
        static final XdrCodec<Event> CODEC = XdrCodec.of(
                (it, out) -> {
                    out.int64(it.sequence).int64(it.timeMillis).string(it.domain);
                    write(it.what, out);
                },
                in -> new Event(in.int64(), in.int64(), in.string(), readWhat(in)));
    }

    /// What happened.
    public sealed interface What {

        /// Kind 1: the domain changed its state.
        ///
        /// @param type   `virDomainEventType`
        /// @param detail for people
        record Lifecycle(int type, String detail) implements What {}

        /// Kind 2: a disk of a push finished. Kind 6: another job of a disk became ready or ended.
        ///
        /// @param type   `virDomainBlockJobType`; kind 2: 5, which is not sent
        /// @param jobId  kind 6: 0
        /// @param disk   target, as `vda`
        /// @param path   the disk's source
        /// @param status `virConnectDomainEventBlockJobStatus`
        record BlockJob(int type, int jobId, String disk, String path, int status, Optional<String> error)
                implements What {
            static final int BACKUP = 5;
        }

        /// Kind 3: a backup job ended. The last event of its job.
        record JobCompleted(BackupMessages.Job job) implements What {}

        /// Kind 5: QEMU told something about the guest or a device.
        ///
        /// @param notice 1 rebooted, 2 agent, 3 device added, 4 device removed, 5 tray, 6 I/O error
        /// @param device a disk's target, or another device; empty for 1 and 2
        /// @param path   6: the disk's source; otherwise empty
        /// @param flags  2: 1 connected; 5: 1 open; 6: 1 the guest was paused, 2 no space
        record Notice(int notice, String device, String path, int flags) implements What {}

        /// Kind 7: a write to a disk has gone beyond a place that was set.
        ///
        /// @param device the disk's target
        /// @param path   its source
        record Threshold(String device, String path, long thresholdBytes, long excessBytes) implements What {}

        /// Kind 4: events before this one are not in the record any more.
        record Lost() implements What {}
    }

    private static void write(What what, XdrWriter out) {
        switch (what) {
            case What.Lifecycle(int type, String detail) ->
                out.int32(1).int32(type).string(detail);
            case What.BlockJob job -> {
                boolean backup = job.type() == What.BlockJob.BACKUP;
                out.int32(backup ? 2 : 6);
                if (!backup) {
                    out.int32(job.type());
                }
                out.int32(job.jobId())
                        .string(job.disk())
                        .string(job.path())
                        .int32(job.status())
                        .optionalString(job.error());
            }
            case What.JobCompleted(BackupMessages.Job job) -> out.int32(3).value(job, BackupMessages.Job.CODEC);
            case What.Lost() -> out.int32(4);
            case What.Threshold(String device, String path, long threshold, long excess) ->
                out.int32(7).string(device).string(path).int64(threshold).int64(excess);
            case What.Notice(int notice, String device, String path, int flags) ->
                out.int32(5).int32(notice).string(device).string(path).int32(flags);
        }
    }

    private static What readWhat(XdrReader in) throws XdrException {
        int at = in.position();
        int kind = in.int32();
        return switch (kind) {
            case 1 -> new What.Lifecycle(in.int32(), in.string());
            case 2 ->
                new What.BlockJob(
                        What.BlockJob.BACKUP, in.int32(), in.string(), in.string(), in.int32(), in.optionalString());
            case 3 -> new What.JobCompleted(BackupMessages.Job.CODEC.read(in));
            case 4 -> new What.Lost();
            case 5 -> new What.Notice(in.int32(), in.string(), in.string(), in.int32());
            case 6 ->
                new What.BlockJob(in.int32(), in.int32(), in.string(), in.string(), in.int32(), in.optionalString());
            case 7 -> new What.Threshold(in.string(), in.string(), in.int64(), in.int64());
            default -> throw new XdrException(at, "unknown kind %d of an event".formatted(kind));
        };
    }
}
