package org.virtkeep.api;

/// Where a backup job stands.
public enum JobState {
    /// A pull serves its clients, or a push copies.
    RUNNING,
    /// A push has copied everything; a pull was ended after serving without fault.
    COMPLETED,
    /// Something went wrong; the job's error says what. What it held has been released.
    FAILED,
    /// Ended by request before it was done, or because the domain stopped.
    CANCELLED;

    public boolean hasEnded() {
        return this != RUNNING;
    }
}
