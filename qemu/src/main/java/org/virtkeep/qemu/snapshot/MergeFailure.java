package org.virtkeep.qemu.snapshot;

/// Merging an overlay failed, and the chain is as it was.
public final class MergeFailure extends Exception {
    private static final long serialVersionUID = 1L;

    public MergeFailure(String reason) {
        super(reason);
    }
}
