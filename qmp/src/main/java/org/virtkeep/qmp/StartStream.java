package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block-stream` (qapi/block-core.json, since 1.1): starts a job that copies what images below hold into the
/// active one, which does not need them afterwards. Immutable: each `with` makes a new one.
public final class StartStream implements QmpAction {
    private final ObjectNode arguments;

    private StartStream(ObjectNode arguments) {
        this.arguments = arguments;
    }

    /// A job that waits for [FinalizeJob] and for [DismissJob], and that fails when a request does.
    ///
    /// @param device the topmost node, which the guest's device uses
    /// @param filter name for the node that QEMU puts above it meanwhile
    public static StartStream of(String jobId, String device, String filter) {
        return new StartStream(Json.object("job-id", jobId)
                .put("device", device)
                .put("filter-node-name", filter)
                .put("on-error", "report")
                .put("auto-finalize", false)
                .put("auto-dismiss", false));
    }

    /// Stops above this node, which stays below.
    ///
    /// @param backingFile what the active image is to name as its backing file afterwards
    public StartStream withBase(String node, String backingFile) {
        return new StartStream(arguments().put("base-node", node).put("backing-file", backingFile));
    }

    /// @param bytesPerSecond 0 is no limit
    public StartStream withSpeed(long bytesPerSecond) {
        return new StartStream(arguments().put("speed", bytesPerSecond));
    }

    @Override
    public String name() {
        return "block-stream";
    }

    @Override
    public ObjectNode arguments() {
        return arguments.deepCopy();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StartStream that && arguments.equals(that.arguments);
    }

    @Override
    public int hashCode() {
        return arguments.hashCode();
    }

    @Override
    public String toString() {
        return "StartStream" + arguments;
    }
}
