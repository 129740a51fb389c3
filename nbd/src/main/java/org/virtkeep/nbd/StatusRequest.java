package org.virtkeep.nbd;

import org.virtkeep.model.ByteRange;

/// A block status that a client asked for.
///
/// @param one whether it wants only one extent per context (`NBD_CMD_FLAG_REQ_ONE`)
record StatusRequest(long cookie, ByteRange range, boolean one) {}
