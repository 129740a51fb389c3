package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Arguments and replies of [VirtkeepProgram] that are not about backup jobs.
public final class VirtkeepMessages {
    private static final int MAXIMUM_FEATURES = 256;
    private static final int MAXIMUM_DISKS = 1_024;

    private VirtkeepMessages() {}

    /// What the server is.
    ///
    /// @param version  of virtkeep
    /// @param features names of what it can do beyond version 1 of the program
    public record Server(String version, List<String> features) {
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
        GAP(4);

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
}
