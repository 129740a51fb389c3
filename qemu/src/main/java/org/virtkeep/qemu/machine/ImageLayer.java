package org.virtkeep.qemu.machine;

import java.util.Optional;
import org.virtkeep.model.DiskSource;

/// One image of a backing chain.
///
/// @param source     where it is
/// @param format     `qcow2`, `raw`, …
/// @param dataFile   path of the external data file of a qcow2 image
/// @param hasBitmaps true if it holds persistent bitmaps
public record ImageLayer(DiskSource source, String format, Optional<String> dataFile, boolean hasBitmaps) {}
