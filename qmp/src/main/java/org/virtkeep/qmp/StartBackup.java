package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-backup` (qapi/block-core.json, since 2.3): starts a job that copies a node, as it is at the
/// start, to another node of exactly the same size. Immutable: each `with` makes a new one; what is not given
/// is QEMU's default.
///
/// While the job runs, the guest's write to a place waits until what it overwrites is copied to the target.
public final class StartBackup implements TransactionAction {

    /// What a bitmap holds after the job (`BitmapSyncMode`).
    public enum BitmapMode {
        /// Cleared on success, except for what was written since the start; kept on failure.
        ON_SUCCESS,
        /// Kept, with what was written since the start.
        NEVER,
        /// Cleared of what was copied, even on failure.
        ALWAYS
    }

    /// What to do when a request of the job fails (`BlockdevOnError`).
    public enum OnError {
        /// Fail the job.
        REPORT,
        /// Try for ever; QEMU 7.2 floods events, and the guest's writes fail.
        IGNORE,
        /// Pause the job if there is no space; fail it otherwise.
        ENOSPC,
        /// Pause the job.
        STOP
    }

    /// What to do when what a guest's write overwrites cannot be copied (`OnCbwError`).
    public enum OnCbwError {
        /// Fail the guest's write.
        BREAK_GUEST_WRITE,
        /// Let the guest's write pass and fail the backup.
        BREAK_SNAPSHOT
    }

    private final ObjectNode arguments;

    private StartBackup(ObjectNode arguments) {
        this.arguments = arguments;
    }

    private static StartBackup of(String jobId, String device, String target, String sync) {
        return new StartBackup(Json.object("job-id", jobId)
                .put("device", device)
                .put("target", target)
                .put("sync", sync));
    }

    /// Copies everything.
    public static StartBackup full(String jobId, String device, String target) {
        return of(jobId, device, target, "full");
    }

    /// Copies what is allocated in the topmost image only.
    public static StartBackup top(String jobId, String device, String target) {
        return of(jobId, device, target, "top");
    }

    /// Copies only what the guest is about to overwrite. Never ends by itself.
    public static StartBackup none(String jobId, String device, String target) {
        return of(jobId, device, target, "none");
    }

    /// Copies what a bitmap of the node `device` marks as dirty. The bitmap is busy while the job runs.
    public static StartBackup bitmap(String jobId, String device, String target, String bitmap, BitmapMode bitmapMode) {
        ObjectNode arguments = of(jobId, device, target, "bitmap").arguments;
        return new StartBackup(arguments.put("bitmap", bitmap).put("bitmap-mode", WireName.of(bitmapMode)));
    }

    /// @param bytesPerSecond 0 is no limit
    public StartBackup withSpeed(long bytesPerSecond) {
        return new StartBackup(arguments().put("speed", bytesPerSecond));
    }

    /// Names the filter node that QEMU puts above `device`.
    public StartBackup withFilterNodeName(String filterNodeName) {
        return new StartBackup(arguments().put("filter-node-name", filterNodeName));
    }

    /// @param automatic if false, the finished job waits for [FinalizeJob] or [CancelJob]
    public StartBackup withAutoFinalize(boolean automatic) {
        return new StartBackup(arguments().put("auto-finalize", automatic));
    }

    /// @param automatic if false, the concluded job waits for [DismissJob]; if true, its result is lost to
    ///     those who are not connected when it ends
    public StartBackup withAutoDismiss(boolean automatic) {
        return new StartBackup(arguments().put("auto-dismiss", automatic));
    }

    public StartBackup withOnSourceError(OnError policy) {
        return new StartBackup(arguments().put("on-source-error", WireName.of(policy)));
    }

    /// For the job's own writes. For those that come before a guest's write see [#withOnCbwError].
    public StartBackup withOnTargetError(OnError policy) {
        return new StartBackup(arguments().put("on-target-error", WireName.of(policy)));
    }

    /// Since QEMU 10.1: ask [QmpSchema] for `on-cbw-error`.
    public StartBackup withOnCbwError(OnCbwError policy) {
        return new StartBackup(arguments().put("on-cbw-error", WireName.of(policy)));
    }

    /// Writes compressed clusters; the target must be qcow2.
    public StartBackup withCompression() {
        return new StartBackup(arguments().put("compress", true));
    }

    /// Discards in the source what is copied. Since QEMU 9.1: ask [QmpSchema] for `discard-source`.
    public StartBackup withDiscardSource() {
        return new StartBackup(arguments().put("discard-source", true));
    }

    /// Tunes the copying (`x-perf`, not promised to stay).
    ///
    /// @param maxWorkers requests in flight, at least 1
    /// @param maxChunkBytes the longest request, at least one cluster of the target; 0 is no limit
    public StartBackup withPerformance(int maxWorkers, long maxChunkBytes) {
        ObjectNode changed = arguments();
        ObjectNode performance = Json.object().put("max-workers", maxWorkers).put("max-chunk", maxChunkBytes);
        changed.set("x-perf", performance);
        return new StartBackup(changed);
    }

    public String jobId() {
        return arguments.get("job-id").textValue();
    }

    public String device() {
        return arguments.get("device").textValue();
    }

    public String target() {
        return arguments.get("target").textValue();
    }

    @Override
    public String name() {
        return "blockdev-backup";
    }

    @Override
    public ObjectNode arguments() {
        return arguments.deepCopy();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StartBackup that && arguments.equals(that.arguments);
    }

    @Override
    public int hashCode() {
        return arguments.hashCode();
    }

    @Override
    public String toString() {
        return "StartBackup" + arguments;
    }
}
