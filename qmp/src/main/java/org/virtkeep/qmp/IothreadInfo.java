package org.virtkeep.qmp;

/// One I/O thread (`IOThreadInfo`).
///
/// @param threadId the host's id of the thread
public record IothreadInfo(String id, long threadId) {

    static IothreadInfo from(JsonObject thread) throws QmpException.Protocol {
        return new IothreadInfo(thread.text("id"), thread.number("thread-id"));
    }
}
