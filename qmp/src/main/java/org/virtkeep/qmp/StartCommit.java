package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block-commit` (qapi/block-core.json, since 1.3): starts a job that merges images of a backing chain into
/// one below. Immutable: each `with` makes a new one.
///
/// Without [#withTop] the active image is merged: the job becomes ready, keeps up with what the guest writes,
/// and at [CompleteJob] the device goes over to the image below.
public final class StartCommit implements QmpAction {
    private final ObjectNode arguments;

    private StartCommit(ObjectNode arguments) {
        this.arguments = arguments;
    }

    /// A job that waits for [FinalizeJob] and for [DismissJob], and that fails when a request does.
    ///
    /// @param device the topmost node, which the guest's device uses
    /// @param base the node that is written to
    /// @param filter name for the node that QEMU puts above the topmost meanwhile
    public static StartCommit of(String jobId, String device, String base, String filter) {
        return new StartCommit(Json.object("job-id", jobId)
                .put("device", device)
                .put("base-node", base)
                .put("filter-node-name", filter)
                .put("on-error", "report")
                .put("auto-finalize", false)
                .put("auto-dismiss", false));
    }

    /// Merges from this node on, which is not the active one.
    ///
    /// @param backingFile what the image above is to name as its backing file afterwards
    public StartCommit withTop(String node, String backingFile) {
        return new StartCommit(arguments().put("top-node", node).put("backing-file", backingFile));
    }

    /// @param bytesPerSecond 0 is no limit
    public StartCommit withSpeed(long bytesPerSecond) {
        return new StartCommit(arguments().put("speed", bytesPerSecond));
    }

    @Override
    public String name() {
        return "block-commit";
    }

    @Override
    public ObjectNode arguments() {
        return arguments.deepCopy();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StartCommit that && arguments.equals(that.arguments);
    }

    @Override
    public int hashCode() {
        return arguments.hashCode();
    }

    @Override
    public String toString() {
        return "StartCommit" + arguments;
    }
}
