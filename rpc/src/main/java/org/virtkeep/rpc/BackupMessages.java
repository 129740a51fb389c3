package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.virtkeep.model.NbdAddress;

/// Arguments and replies about backup jobs: libvirt's own, and those of [VirtkeepProgram], which knows several
/// jobs of a domain by their ids.
public final class BackupMessages {
    private BackupMessages() {}

    /// Of both programs.
    ///
    /// @param backupXml     `<domainbackup>`
    /// @param checkpointXml `<domaincheckpoint>`; empty creates none
    /// @param flags         `virDomainBackupBeginFlags`: 1 reuse external files
    public record Begin(DomainRef domain, String backupXml, Optional<String> checkpointXml, int flags) {
        static final XdrCodec<Begin> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.backupXml)
                        .optionalString(it.checkpointXml)
                        .int32(it.flags),
                in -> new Begin(DomainRef.CODEC.read(in), in.string(), in.optionalString(), in.int32()));
    }

    /// One job of a domain.
    ///
    /// @param id 0 means the running job, if there is one only
    public record JobFlags(DomainRef domain, int id, int flags) {
        static final XdrCodec<JobFlags> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC).int32(it.id).int32(it.flags),
                in -> new JobFlags(DomainRef.CODEC.read(in), in.int32(), in.int32()));
    }

    /// A job as it stands: what [VirtkeepProgram#BACKUP_LIST] and [VirtkeepProgram#BACKUP_GET_JOB] return.
    ///
    /// @param id            positive
    /// @param push          true if QEMU writes the files; false if the disks are served over NBD
    /// @param state         of a job, see [State]
    /// @param error         why it failed or was cancelled
    /// @param startedMillis since 1970
    /// @param endedMillis   since 1970
    /// @param checkpoint    created at the same instant
    /// @param server        pull: where clients connect
    /// @param clients       pull: how many are connected
    /// @param acknowledged  the job was ended by BACKUP_END
    public record Job(
            int id,
            boolean push,
            State state,
            Optional<String> error,
            long startedMillis,
            OptionalLong endedMillis,
            long elapsedMillis,
            Optional<String> checkpoint,
            Optional<NbdAddress> server,
            OptionalInt clients,
            boolean acknowledged,
            List<JobDisk> disks) {
        static final XdrCodec<Job> CODEC = XdrCodec.of(Job::write, Job::read);

        public Job {
            disks = List.copyOf(disks);
        }

        private static void write(Job job, XdrWriter out) {
            out.int32(job.id)
                    .bool(job.push)
                    .value(job.state, State.CODEC)
                    .optionalString(job.error)
                    .int64(job.startedMillis)
                    .bool(job.endedMillis.isPresent());
            job.endedMillis.ifPresent(out::int64);
            out.int64(job.elapsedMillis)
                    .optionalString(job.checkpoint)
                    .optional(job.server, ADDRESS)
                    .bool(job.clients.isPresent());
            job.clients.ifPresent(out::int32);
            out.bool(job.acknowledged).list(job.disks, MAXIMUM_DISKS, JobDisk.CODEC);
        }

        private static Job read(XdrReader in) throws XdrException {
            return new Job(
                    in.int32(),
                    in.bool(),
                    State.CODEC.read(in),
                    in.optionalString(),
                    in.int64(),
                    in.bool() ? OptionalLong.of(in.int64()) : OptionalLong.empty(),
                    in.int64(),
                    in.optionalString(),
                    in.optional(ADDRESS),
                    in.bool() ? OptionalInt.of(in.int32()) : OptionalInt.empty(),
                    in.bool(),
                    in.list(MAXIMUM_DISKS, JobDisk.CODEC));
        }
    }

    /// One disk of a job. Sizes in bytes.
    ///
    /// @param name         target, as `vda`
    /// @param error        why this disk failed
    /// @param incremental  the checkpoint it is incremental to; empty for a full backup
    /// @param total        push: to copy; pull: what clients can be expected to read
    /// @param processed    push: copied; pull: served, which may exceed the total
    /// @param tempUsed     in the scratch image
    /// @param tempTotal    the most that scratch can need
    /// @param exportName   pull: the NBD export
    /// @param exportBitmap pull: NAME of its context `qemu:dirty-bitmap:NAME`
    /// @param format       of the file at `path`
    /// @param path         push: the target; pull: the scratch image
    public record JobDisk(
            String name,
            State state,
            Optional<String> error,
            Optional<String> incremental,
            long total,
            long processed,
            long tempUsed,
            long tempTotal,
            Optional<String> exportName,
            Optional<String> exportBitmap,
            Optional<String> format,
            Optional<String> path) {
        static final XdrCodec<JobDisk> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.name)
                        .value(it.state, State.CODEC)
                        .optionalString(it.error)
                        .optionalString(it.incremental)
                        .int64(it.total)
                        .int64(it.processed)
                        .int64(it.tempUsed)
                        .int64(it.tempTotal)
                        .optionalString(it.exportName)
                        .optionalString(it.exportBitmap)
                        .optionalString(it.format)
                        .optionalString(it.path),
                in -> new JobDisk(
                        in.string(),
                        State.CODEC.read(in),
                        in.optionalString(),
                        in.optionalString(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.optionalString(),
                        in.optionalString(),
                        in.optionalString(),
                        in.optionalString()));
    }

    /// Running and ended jobs, oldest first.
    public record Jobs(List<Job> jobs) {
        static final XdrCodec<Jobs> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.jobs, MAXIMUM_JOBS, Job.CODEC),
                in -> new Jobs(in.list(MAXIMUM_JOBS, Job.CODEC)));

        public Jobs {
            jobs = List.copyOf(jobs);
        }
    }

    /// Where a job or one of its disks stands. The numbers on the wire never change.
    public enum State {
        RUNNING(1),
        COMPLETED(2),
        FAILED(3),
        CANCELLED(4);

        static final XdrCodec<State> CODEC = XdrCodec.of((it, out) -> out.int32(it.wireValue), State::read);

        private final int wireValue;

        State(int wireValue) {
            this.wireValue = wireValue;
        }

        private static State read(XdrReader in) throws XdrException {
            int at = in.position();
            int value = in.int32();
            for (State state : values()) {
                if (state.wireValue == value) {
                    return state;
                }
            }
            throw new XdrException(at, "unknown state %d of a job".formatted(value));
        }
    }

    /// A union of a path (1) and of a host with its port (2).
    private static final XdrCodec<NbdAddress> ADDRESS = XdrCodec.of(
            (address, out) -> {
                switch (address) {
                    case NbdAddress.Unix(String path) -> out.int32(1).string(path);
                    case NbdAddress.Tcp(String host, int port) ->
                        out.int32(2).string(host).int32(port);
                }
            },
            in -> {
                int at = in.position();
                int kind = in.int32();
                return switch (kind) {
                    case 1 -> new NbdAddress.Unix(in.string());
                    case 2 -> new NbdAddress.Tcp(in.string(), in.int32());
                    default -> throw new XdrException(at, "unknown kind %d of an address".formatted(kind));
                };
            });

    /// Of one domain.
    private static final int MAXIMUM_JOBS = 1_024;

    /// Of one job.
    private static final int MAXIMUM_DISKS = 1_024;
}
