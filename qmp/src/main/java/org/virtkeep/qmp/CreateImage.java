package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// `blockdev-create` (qapi/block-core.json, since 3.0): starts a job that makes an image, or formats a node.
/// The job must be dismissed when it is concluded.
///
/// @param options `BlockdevCreateOptions`; [ImageOptions] helps to make them
public record CreateImage(String jobId, ObjectNode options) implements QmpAction {

    public CreateImage {
        options = options.deepCopy();
    }

    public CreateImage(String jobId, ImageOptions options) {
        this(jobId, options.toJson());
    }

    @Override
    public ObjectNode options() {
        return options.deepCopy();
    }

    @Override
    public String name() {
        return "blockdev-create";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode arguments = Json.object("job-id", jobId);
        arguments.set("options", options());
        return arguments;
    }
}
