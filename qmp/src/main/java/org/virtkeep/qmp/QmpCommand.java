package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// One QMP command and the shape of its reply. Every command we send has exactly one such type. Immutable.
///
/// @param <R> what a successful reply decodes to
public interface QmpCommand<R> {

    /// The command's name in QEMU's schema, such as `query-jobs`.
    String name();

    /// The command's arguments, made anew for each call and owned by the caller; empty if there are none.
    default ObjectNode arguments() {
        return Json.object();
    }

    /// Decodes the member `return` of a reply. Members that are not needed are ignored, as QEMU may add some.
    ///
    /// @throws QmpException.Protocol if `result` has another shape than the schema promises
    R decode(JsonNode result) throws QmpException.Protocol;
}
