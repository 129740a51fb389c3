package org.virtkeep.remote;

import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.Snapshot;
import org.virtkeep.rpc.BackupMessages;

/// The API's flags as libvirt's bits.
final class Flags {
    /// `VIR_DOMAIN_AFFECT_LIVE`.
    static final int LIVE = 1;
    /// `VIR_DOMAIN_AFFECT_CONFIG`.
    static final int CONFIG = 1 << 1;
    /// `VIR_DOMAIN_DEVICE_MODIFY_FORCE`.
    static final int FORCE = 1 << 2;
    /// `VIR_DOMAIN_BLOCK_RESIZE_BYTES`.
    static final int BYTES = 1;
    /// `VIR_DOMAIN_JOB_STATS_COMPLETED`.
    static final int COMPLETED = 1;
    /// `VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED`.
    static final int KEEP_COMPLETED = 1 << 1;

    /// `VIR_DOMAIN_XML_INACTIVE`.
    static final int XML_INACTIVE = 1 << 1;

    private Flags() {}

    static int start(Set<Domain.StartFlag> flags) {
        return flags.contains(Domain.StartFlag.PAUSED) ? 1 : 0;
    }

    /// libvirt refuses to forget a domain with firmware variables unless it is told what to do with their file.
    static int undefine(Set<Domain.UndefineFlag> flags) {
        int keepNvram = 1 << 3;
        int bits = flags.contains(Domain.UndefineFlag.NVRAM) ? 0 : keepNvram;
        for (Domain.UndefineFlag flag : flags) {
            bits |= switch (flag) {
                case SNAPSHOTS_METADATA -> 1 << 1;
                case NVRAM -> 1 << 2;
                case CHECKPOINTS_METADATA -> 1 << 4;
            };
        }
        return bits;
    }

    static int device(Set<Domain.DeviceFlag> flags) {
        if (flags.contains(Domain.DeviceFlag.CONFIG_ONLY)) {
            return CONFIG;
        }
        return flags.contains(Domain.DeviceFlag.CONFIG) ? LIVE | CONFIG : LIVE;
    }

    static int xml(Set<Domain.XmlFlag> flags) {
        int bits = 0;
        for (Domain.XmlFlag flag : flags) {
            bits |= switch (flag) {
                case SECURE -> 1;
                case INACTIVE -> XML_INACTIVE;
            };
        }
        return bits;
    }

    /// Filters of the same bit are not in one listing.
    static int domains(Set<DomainFilter> filters) {
        return filters.stream().mapToInt(DomainFilter::wireValue).reduce(0, (one, other) -> one | other);
    }

    static int checkpoints(Set<CheckpointFilter> filters) {
        return filters.stream().mapToInt(CheckpointFilter::wireValue).reduce(0, (one, other) -> one | other);
    }

    static int checkpointXml(Set<Checkpoint.XmlFlag> flags) {
        return flags.stream().mapToInt(Checkpoint.XmlFlag::wireValue).reduce(0, (one, other) -> one | other);
    }

    static int checkpointDelete(Set<Checkpoint.DeleteFlag> flags) {
        return flags.stream().mapToInt(Checkpoint.DeleteFlag::wireValue).reduce(0, (one, other) -> one | other);
    }

    static int checkpointCreate(Set<Domain.CheckpointCreateFlag> flags) {
        return flags.stream().mapToInt(Domain.CheckpointCreateFlag::wireValue).reduce(0, (one, other) -> one | other);
    }

    static int snapshotCreate(Set<Domain.SnapshotCreateFlag> flags) {
        int bits = 0;
        for (Domain.SnapshotCreateFlag flag : flags) {
            bits |= switch (flag) {
                case NO_METADATA -> 1 << 2;
                case DISK_ONLY -> 1 << 4;
                case REUSE_EXTERNAL -> 1 << 5;
                case QUIESCE -> 1 << 6;
                case ATOMIC -> 1 << 7;
            };
        }
        return bits;
    }

    static int snapshotDelete(Set<Snapshot.DeleteFlag> flags) {
        int bits = 0;
        for (Snapshot.DeleteFlag flag : flags) {
            bits |= switch (flag) {
                case CHILDREN -> 1;
                case METADATA_ONLY -> 1 << 1;
                case CHILDREN_ONLY -> 1 << 2;
            };
        }
        return bits;
    }

    static int backupBegin(Set<Domain.BackupBeginFlag> flags) {
        int bits = 0;
        for (Domain.BackupBeginFlag flag : flags) {
            bits |= switch (flag) {
                case REUSE_EXTERNAL -> BackupMessages.Begin.REUSE_EXTERNAL;
                case PRESERVE_SHUTDOWN -> BackupMessages.Begin.PRESERVE_SHUTDOWN;
                case QUIESCE -> BackupMessages.Begin.QUIESCE;
                case ALL_OR_NOTHING -> BackupMessages.Begin.ALL_OR_NOTHING;
                case FALLBACK_FULL -> BackupMessages.Begin.FALLBACK_FULL;
            };
        }
        return bits;
    }
}
