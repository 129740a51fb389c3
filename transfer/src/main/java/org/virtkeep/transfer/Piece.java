package org.virtkeep.transfer;

/// A run of chunks of one disk that are dealt with in one step.
///
/// @param first number of the first chunk
/// @param count how many, at least one
/// @param zero they hold nothing but zeros, and need not be read
record Piece(long first, int count, boolean zero) {}
