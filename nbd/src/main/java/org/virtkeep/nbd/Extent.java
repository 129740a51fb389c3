package org.virtkeep.nbd;

import org.virtkeep.model.ByteRange;

/// A part of an export with the same status in one metadata context.
///
/// @param flags meaning depends on the context: see [ContextName]
public record Extent(ByteRange range, int flags) {}
