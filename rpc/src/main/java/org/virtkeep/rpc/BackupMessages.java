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
    /// @param flags         of the constants here; libvirt's procedure knows those that it has a name for
    public record Begin(DomainRef domain, String backupXml, Optional<String> checkpointXml, int flags) {
        /// Write into files that exist (`VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL`).
        public static final int REUSE_EXTERNAL = 1;

        /// Keep QEMU until the backup has ended (`VIR_DOMAIN_BACKUP_BEGIN_PRESERVE_SHUTDOWN_DOMAIN`, libvirt 11.10).
        public static final int PRESERVE_SHUTDOWN = 1 << 1;

        /// Freeze the guest's file systems for the instant; [VirtkeepProgram] only, as the following.
        public static final int QUIESCE = 1 << 16;

        /// If a disk of a push fails, give all of them up.
        public static final int ALL_OR_NOTHING = 1 << 17;

        /// Back up in full what cannot be incremental.
        public static final int FALLBACK_FULL = 1 << 18;

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
    /// @param endedMillis  since 1970: when its copy was done or failed; of a pull, when the job ended
    /// @param fallback     why it is backed up in full although the request was incremental
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
            Optional<String> path,
            OptionalLong endedMillis,
            Optional<String> fallback) {
        static final XdrCodec<JobDisk> CODEC = XdrCodec.of(JobDisk::write, JobDisk::read);

        private static void write(JobDisk disk, XdrWriter out) {
            out.string(disk.name)
                    .value(disk.state, State.CODEC)
                    .optionalString(disk.error)
                    .optionalString(disk.incremental)
                    .int64(disk.total)
                    .int64(disk.processed)
                    .int64(disk.tempUsed)
                    .int64(disk.tempTotal)
                    .optionalString(disk.exportName)
                    .optionalString(disk.exportBitmap)
                    .optionalString(disk.format)
                    .optionalString(disk.path)
                    .bool(disk.endedMillis.isPresent());
            disk.endedMillis.ifPresent(out::int64);
            out.optionalString(disk.fallback);
        }

        private static JobDisk read(XdrReader in) throws XdrException {
            return new JobDisk(
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
                    in.optionalString(),
                    in.bool() ? OptionalLong.of(in.int64()) : OptionalLong.empty(),
                    in.optionalString());
        }
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

    /// Who reads a pull's disks from QEMU itself.
    ///
    /// @param pid  of the client's process; 0 once it has let go of QEMU
    /// @param read bytes, in the order of the job's disks
    public record Reader(DomainRef domain, int id, long pid, List<Long> read) {
        static final XdrCodec<Reader> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .int32(it.id)
                        .int64(it.pid)
                        .list(it.read, MAXIMUM_DISKS, XdrCodec.INT64),
                in -> new Reader(
                        DomainRef.CODEC.read(in), in.int32(), in.int64(), in.list(MAXIMUM_DISKS, XdrCodec.INT64)));

        public Reader {
            read = List.copyOf(read);
        }
    }

    /// One disk's exports on QEMU's own server.
    ///
    /// @param name    target, as `vda`
    /// @param socket  of QEMU's server
    /// @param export  the frozen disk
    /// @param live    the disk as it is now; empty, as the next, if the disk is not fleeced
    /// @param scratch what was overwritten since
    public record UpstreamDisk(
            String name, String socket, String export, Optional<String> live, Optional<String> scratch) {
        static final XdrCodec<UpstreamDisk> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.name)
                        .string(it.socket)
                        .string(it.export)
                        .optionalString(it.live)
                        .optionalString(it.scratch),
                in -> new UpstreamDisk(
                        in.string(), in.string(), in.string(), in.optionalString(), in.optionalString()));
    }

    /// In the order of the job's disks; none if the client may not read there.
    public record Upstream(List<UpstreamDisk> disks) {
        static final XdrCodec<Upstream> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.disks, MAXIMUM_DISKS, UpstreamDisk.CODEC),
                in -> new Upstream(in.list(MAXIMUM_DISKS, UpstreamDisk.CODEC)));

        public Upstream {
            disks = List.copyOf(disks);
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
