package org.virtkeep.api;

import java.util.Optional;

/// Which images are to be pulled into the active one (`virDomainBlockRebase` without a copy).
///
/// @param base           the topmost that stays below, named as in [BlockCommit]; empty to pull all
/// @param bytesPerSecond limit; 0 is none
/// @param relative       the active image names its backing file relative to itself
public record BlockPull(Optional<String> base, long bytesPerSecond, boolean relative) {}
