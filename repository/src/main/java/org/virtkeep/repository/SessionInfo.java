package org.virtkeep.repository;

import java.time.Instant;

/// A process that works on a repository, as its lease tells. Immutable.
///
/// @param id unique
/// @param purpose what it does: `backup`, `restore`, `prune`
/// @param owner process and host, for people
/// @param began when it took its lease
/// @param renewed when it was heard of last
public record SessionInfo(String id, String purpose, String owner, Instant began, Instant renewed) {}
