package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.api.Snapshot.DeleteFlag;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// Bits of the flags of the snapshot calls. Stateless.
final class SnapshotFlags {
    /// `VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE`: documents are always validated.
    private static final int VALIDATE = 1 << 9;

    /// libvirt's flags that need what virtkeep does not do.
    private static final Map<Integer, String> NOT_DONE = Map.of(
            1,
            "REDEFINE, since snapshots are known as long as their images are",
            1 << 1,
            "CURRENT, which is for redefined snapshots",
            1 << 3,
            "HALT; destroy the domain after the snapshot",
            1 << 8,
            "LIVE, which is for snapshots of the guest's memory");

    private static final int CREATE_KNOWN = 0x3ff;

    private SnapshotFlags() {}

    /// @throws VirtException INVALID_ARG for bits that libvirt does not know; ARGUMENT_UNSUPPORTED naming those that
    ///     virtkeep does not
    static Set<SnapshotCreateFlag> create(int bits) {
        Flags.check(bits, CREATE_KNOWN, "virDomainSnapshotCreateXML");
        NOT_DONE.forEach((bit, why) -> {
            if ((bits & bit) != 0) {
                throw new VirtException(
                        ErrorCode.ARGUMENT_UNSUPPORTED,
                        ErrorDomain.DOMAIN_SNAPSHOT,
                        "a snapshot cannot be created with the flag " + why);
            }
        });
        return Flags.of(bits & ~VALIDATE, SnapshotCreateFlag.class, SnapshotFlags::bit, "virDomainSnapshotCreateXML");
    }

    private static int bit(SnapshotCreateFlag flag) {
        return switch (flag) {
            case NO_METADATA -> 1 << 2;
            case DISK_ONLY -> 1 << 4;
            case REUSE_EXTERNAL -> 1 << 5;
            case QUIESCE -> 1 << 6;
            case ATOMIC -> 1 << 7;
        };
    }

    /// @throws VirtException INVALID_ARG for unknown bits, and for flags that exclude each other
    static Set<DeleteFlag> delete(int bits) {
        Set<DeleteFlag> flags = Flags.of(bits, DeleteFlag.class, SnapshotFlags::bit, "virDomainSnapshotDelete");
        if (flags.containsAll(EnumSet.of(DeleteFlag.CHILDREN, DeleteFlag.CHILDREN_ONLY))) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.DOMAIN_SNAPSHOT,
                    "flags 'CHILDREN' and 'CHILDREN_ONLY' exclude each other");
        }
        return flags;
    }

    private static int bit(DeleteFlag flag) {
        return switch (flag) {
            case CHILDREN -> 1;
            case METADATA_ONLY -> 1 << 1;
            case CHILDREN_ONLY -> 1 << 2;
        };
    }
}
