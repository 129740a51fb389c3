package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-mirror` (qapi/block-core.json, since 2.6): starts a job that copies a node to another and then keeps
/// it equal, until at [CompleteJob] the device goes over to the copy. Immutable: each `with` makes a new one.
public final class StartMirror implements QmpAction {
    private final ObjectNode arguments;

    private StartMirror(ObjectNode arguments) {
        this.arguments = arguments;
    }

    /// A job that waits for [FinalizeJob] and for [DismissJob], and that fails when a request does.
    ///
    /// @param device  the topmost node, which the guest's device uses
    /// @param topOnly copy what is in the active image only
    /// @param filter  name for the node that QEMU puts above the topmost meanwhile
    public static StartMirror of(String jobId, String device, String target, boolean topOnly, String filter) {
        return new StartMirror(Json.object("job-id", jobId)
                .put("device", device)
                .put("target", target)
                .put("sync", topOnly ? "top" : "full")
                .put("filter-node-name", filter)
                .put("on-source-error", "report")
                .put("on-target-error", "report")
                .put("auto-finalize", false)
                .put("auto-dismiss", false));
    }

    /// @param bytesPerSecond 0 is no limit
    public StartMirror withSpeed(long bytesPerSecond) {
        return new StartMirror(arguments().put("speed", bytesPerSecond));
    }

    /// @param bytes what is copied at a time, a power of two; 0 for QEMU's choice
    public StartMirror withGranularity(long bytes) {
        return bytes == 0 ? this : new StartMirror(arguments().put("granularity", bytes));
    }

    /// @param bytes what is in flight at most; 0 for QEMU's choice
    public StartMirror withBuffer(long bytes) {
        return bytes == 0 ? this : new StartMirror(arguments().put("buf-size", bytes));
    }

    /// The guest's writes end when they are in the copy, too.
    public StartMirror withSynchronousWrites() {
        return new StartMirror(arguments().put("copy-mode", "write-blocking"));
    }

    @Override
    public String name() {
        return "blockdev-mirror";
    }

    @Override
    public ObjectNode arguments() {
        return arguments.deepCopy();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StartMirror that && arguments.equals(that.arguments);
    }

    @Override
    public int hashCode() {
        return arguments.hashCode();
    }

    @Override
    public String toString() {
        return "StartMirror" + arguments;
    }
}
