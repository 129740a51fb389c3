package org.virtkeep.qmp;

import java.util.Optional;

/// The record of what was written to a node (`BlockDirtyInfo`).
///
/// @param name empty for the bitmaps that jobs make for themselves
/// @param dirtyBytes how much is dirty, in whole granules
/// @param granularityBytes how much one bit stands for; a power of two
/// @param recording whether writes are marked now
/// @param persistent whether it is stored in the image when the node is closed
/// @param busy whether a job or export uses it: it can then not be changed, removed or merged from
/// @param inconsistent whether it was not stored properly, as after a crash: it can then only be removed
public record DirtyBitmap(
        Optional<String> name,
        long dirtyBytes,
        long granularityBytes,
        boolean recording,
        boolean persistent,
        boolean busy,
        boolean inconsistent) {

    static DirtyBitmap from(JsonObject bitmap) throws QmpException.Protocol {
        return new DirtyBitmap(
                bitmap.optionalText("name"),
                bitmap.number("count"),
                bitmap.number("granularity"),
                bitmap.flag("recording"),
                bitmap.flag("persistent"),
                bitmap.flag("busy"),
                bitmap.optionalFlag("inconsistent").orElse(false));
    }
}
