package org.virtkeep.nbd;

import java.util.List;

/// What a server says about an export before it is used. Immutable.
///
/// @param name       as the server calls it, if it said; else as it was asked for
/// @param sizeBytes  its size
/// @param readOnly   writes are refused
/// @param multiConn  several connections see the same content
/// @param blockSizes constraints on requests
/// @param contexts   metadata contexts that can be asked for on this connection
public record ExportInfo(
        String name,
        long sizeBytes,
        boolean readOnly,
        boolean multiConn,
        BlockSizes blockSizes,
        List<ContextName> contexts) {
    public ExportInfo {
        contexts = List.copyOf(contexts);
    }
}
