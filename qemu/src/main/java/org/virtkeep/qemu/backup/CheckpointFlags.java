package org.virtkeep.qemu.backup;

import java.util.Set;
import org.virtkeep.api.Checkpoint.DeleteFlag;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// Which flags of the checkpoint calls go together. Stateless.
final class CheckpointFlags {
    private CheckpointFlags() {}

    /// @throws VirtException INVALID_ARG naming both
    static void check(Set<CheckpointCreateFlag> flags) {
        if (flags.contains(CheckpointCreateFlag.REDEFINE)) {
            exclude(flags, CheckpointCreateFlag.REDEFINE, CheckpointCreateFlag.QUIESCE);
        } else if (flags.contains(CheckpointCreateFlag.REDEFINE_VALIDATE)) {
            throw refused("flag 'REDEFINE_VALIDATE' requires flag 'REDEFINE'");
        }
    }

    /// @throws VirtException INVALID_ARG naming both
    static void checkDeletion(Set<DeleteFlag> flags) {
        exclude(flags, DeleteFlag.CHILDREN, DeleteFlag.CHILDREN_ONLY);
    }

    private static <F extends Enum<F>> void exclude(Set<F> flags, F one, F other) {
        if (flags.contains(one) && flags.contains(other)) {
            throw refused("flags '%s' and '%s' exclude each other".formatted(one, other));
        }
    }

    private static VirtException refused(String message) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.DOMAIN_CHECKPOINT, message);
    }
}
