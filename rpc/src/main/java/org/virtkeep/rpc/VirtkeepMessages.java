package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Arguments and replies of [VirtkeepProgram] that are not about backup jobs or the record of events.
public final class VirtkeepMessages {
    private static final int MAXIMUM_FEATURES = 256;
    private static final int MAXIMUM_DISKS = 1_024;
    private static final int MAXIMUM_MONITORS = 16;
    private static final int MAXIMUM_STEPS = 65_536;

    private VirtkeepMessages() {}

    /// What the server is.
    ///
    /// @param version  of virtkeep
    /// @param features names of what it can do, for this client, beyond version 1 of the program
    public record Server(String version, List<String> features) {
        /// It makes backups into repositories itself: [VirtkeepProgram#REPOSITORY_BACKUP_BEGIN].
        public static final String REPOSITORY_BACKUPS = "repository-backups";

        static final XdrCodec<Server> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.version).list(it.features, MAXIMUM_FEATURES, XdrCodec.STRING),
                in -> new Server(in.string(), in.list(MAXIMUM_FEATURES, XdrCodec.STRING)));

        public Server {
            features = List.copyOf(features);
        }
    }

    /// A snapshot, and a checkpoint at the same instant.
    ///
    /// @param snapshotXml   `<domainsnapshot>`
    /// @param checkpointXml `<domaincheckpoint>`; empty creates none
    /// @param flags         `virDomainSnapshotCreateFlags`
    public record SnapshotCreate(DomainRef domain, String snapshotXml, Optional<String> checkpointXml, int flags) {
        static final XdrCodec<SnapshotCreate> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.snapshotXml)
                        .optionalString(it.checkpointXml)
                        .int32(it.flags),
                in -> new SnapshotCreate(DomainRef.CODEC.read(in), in.string(), in.optionalString(), in.int32()));
    }

    /// Whether a checkpoint can be used as the base of an incremental backup.
    ///
    /// @param parent the checkpoint before it; empty for a root
    public record CheckpointHealth(Optional<String> parent, boolean current, List<DiskHealth> disks) {
        static final XdrCodec<CheckpointHealth> CODEC = XdrCodec.of(
                (it, out) ->
                        out.optionalString(it.parent).bool(it.current).list(it.disks, MAXIMUM_DISKS, DiskHealth.CODEC),
                in -> new CheckpointHealth(in.optionalString(), in.bool(), in.list(MAXIMUM_DISKS, DiskHealth.CODEC)));

        public CheckpointHealth {
            disks = List.copyOf(disks);
        }
    }

    /// @param disk       target, as `vda`
    /// @param reason     what is wrong and what to do
    /// @param dirtyBytes changed since the checkpoint; empty if that is not known
    public record DiskHealth(String disk, Health health, Optional<String> reason, OptionalLong dirtyBytes) {
        static final XdrCodec<DiskHealth> CODEC = XdrCodec.of(
                (it, out) -> {
                    out.string(it.disk)
                            .value(it.health, Health.CODEC)
                            .optionalString(it.reason)
                            .bool(it.dirtyBytes.isPresent());
                    it.dirtyBytes.ifPresent(out::int64);
                },
                in -> new DiskHealth(
                        in.string(),
                        Health.CODEC.read(in),
                        in.optionalString(),
                        in.bool() ? OptionalLong.of(in.int64()) : OptionalLong.empty()));
    }

    /// State of a checkpoint's bitmap on one disk. The numbers on the wire never change.
    public enum Health {
        /// Recording; an incremental backup is possible.
        OK(1),
        /// There is no bitmap of that name.
        MISSING(2),
        /// QEMU did not close the image cleanly.
        INCONSISTENT(3),
        /// Some image between the checkpoint and now has no bitmap, so that changes may be unknown.
        GAP(4),
        /// It is there, and has stopped recording.
        NOT_RECORDING(5),
        /// The disk was resized after a snapshot, and bitmaps of two sizes cannot be joined.
        RESIZED(6),
        /// It could not be found out.
        UNKNOWN(7);

        static final XdrCodec<Health> CODEC = XdrCodec.of((it, out) -> out.int32(it.wireValue), Health::read);

        private final int wireValue;

        Health(int wireValue) {
            this.wireValue = wireValue;
        }

        private static Health read(XdrReader in) throws XdrException {
            int at = in.position();
            int value = in.int32();
            for (Health health : values()) {
                if (health.wireValue == value) {
                    return health;
                }
            }
            throw new XdrException(at, "unknown health %d of a checkpoint".formatted(value));
        }
    }

    /// What is left of one checkpoint, or of bitmaps that no known checkpoint owns.
    ///
    /// @param known false for bitmaps that no known checkpoint owns; `name` is theirs then
    /// @param disks [DiskHealth#dirtyBytes()] is not given
    public record NamedHealth(String name, boolean known, List<DiskHealth> disks) {
        static final XdrCodec<NamedHealth> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.name).bool(it.known).list(it.disks, MAXIMUM_DISKS, DiskHealth.CODEC),
                in -> new NamedHealth(in.string(), in.bool(), in.list(MAXIMUM_DISKS, DiskHealth.CODEC)));

        public NamedHealth {
            disks = List.copyOf(disks);
        }
    }

    /// Known checkpoints, parents before children, and then what no known one owns.
    public record Healths(List<NamedHealth> healths) {
        static final XdrCodec<Healths> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.healths, Limits.OBJECTS, NamedHealth.CODEC),
                in -> new Healths(in.list(Limits.OBJECTS, NamedHealth.CODEC)));

        public Healths {
            healths = List.copyOf(healths);
        }
    }

    /// A QEMU that someone else started.
    ///
    /// @param monitors paths of its QMP sockets on the server's host; the first takes commands
    public record Attach(String name, List<String> monitors) {
        static final XdrCodec<Attach> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.name).list(it.monitors, MAXIMUM_MONITORS, XdrCodec.STRING),
                in -> new Attach(in.string(), in.list(MAXIMUM_MONITORS, XdrCodec.STRING)));

        public Attach {
            monitors = List.copyOf(monitors);
        }
    }

    /// A start that waits for the end of backups that were begun while the domain was shut off.
    ///
    /// @param flags      `virDomainCreateFlags`: 1 paused
    /// @param waitMillis at most that long
    public record Start(DomainRef domain, int flags, long waitMillis) {
        static final XdrCodec<Start> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).int32(it.flags).int64(it.waitMillis),
                in -> new Start(DomainRef.CODEC.read(in), in.int32(), in.int64()));
    }

    /// Several checkpoints to be made known at once.
    ///
    /// @param xmls  `<domaincheckpoint>` each, in any order
    /// @param flags 4 validate (`VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE`)
    public record Redefine(DomainRef domain, List<String> xmls, int flags) {
        static final XdrCodec<Redefine> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .list(it.xmls, Limits.OBJECTS, XdrCodec.STRING)
                        .int32(it.flags),
                in -> new Redefine(DomainRef.CODEC.read(in), in.list(Limits.OBJECTS, XdrCodec.STRING), in.int32()));

        public Redefine {
            xmls = List.copyOf(xmls);
        }
    }

    /// Which checkpoints to repair or to import.
    ///
    /// @param names empty means all
    /// @param flags 1 changes nothing and tells what would be done
    public record RepairArgs(DomainRef domain, List<String> names, int flags) {
        public static final int DRY_RUN = 1;

        static final XdrCodec<RepairArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .list(it.names, Limits.OBJECTS, XdrCodec.STRING)
                        .int32(it.flags),
                in -> new RepairArgs(DomainRef.CODEC.read(in), in.list(Limits.OBJECTS, XdrCodec.STRING), in.int32()));

        public RepairArgs {
            names = List.copyOf(names);
        }
    }

    /// What was done, or would be, in its order.
    public record Repair(List<RepairStep> steps, boolean dryRun) {
        static final XdrCodec<Repair> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.steps, MAXIMUM_STEPS, RepairStep.CODEC).bool(it.dryRun),
                in -> new Repair(in.list(MAXIMUM_STEPS, RepairStep.CODEC), in.bool()));

        public Repair {
            steps = List.copyOf(steps);
        }
    }

    /// @param disk   empty if it was done to the checkpoint as a whole
    /// @param action 1 disk lost, 2 bitmaps removed, 3 checkpoint dropped, 4 checkpoint imported, 5 left
    /// @param detail why, for people
    public record RepairStep(String checkpoint, Optional<String> disk, int action, String detail) {
        static final XdrCodec<RepairStep> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.checkpoint)
                        .optionalString(it.disk)
                        .int32(it.action)
                        .string(it.detail),
                in -> new RepairStep(in.string(), in.optionalString(), in.int32(), in.string()));
    }

    /// How far a snapshot's deletion is.
    ///
    /// @param snapshot the one whose images are being merged
    public record DeleteProgress(String snapshot, long doneBytes, long allBytes) {
        static final XdrCodec<DeleteProgress> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.snapshot).int64(it.doneBytes).int64(it.allBytes),
                in -> new DeleteProgress(in.string(), in.int64(), in.int64()));

        static final XdrCodec<Optional<DeleteProgress>> OPTIONAL =
                XdrCodec.of((it, out) -> out.optional(it, CODEC), in -> in.optional(CODEC));
    }
}
