package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `block-job-set-speed` (qapi/block-core.json, since 1.1): limits a block job.
///
/// @param bytesPerSecond 0 is no limit
public record SetJobSpeed(String jobId, long bytesPerSecond) implements QmpAction {

    @Override
    public String name() {
        return "block-job-set-speed";
    }

    @Override
    public ObjectNode arguments() {
        return Json.object("device", jobId).put("speed", bytesPerSecond);
    }
}
