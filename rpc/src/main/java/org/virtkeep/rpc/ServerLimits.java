package org.virtkeep.rpc;

import java.time.Duration;

/// What one client may take up. Immutable.
///
/// @param requests    unfinished calls; while there are as many, nothing more is read from the client
/// @param outputBytes of replies and events that wait for the client; when an event would exceed it, the client
///     is cut off, and a reply waits
/// @param stallLimit  how long the client may take nothing of what waits for it, or leave a packet unfinished,
///     before it is cut off
public record ServerLimits(int requests, long outputBytes, Duration stallLimit) {

    /// Like libvirtd, five calls; 4 MiB; a minute.
    public static final ServerLimits DEFAULT = new ServerLimits(5, 4 * 1024 * 1024, Duration.ofMinutes(1));

    public ServerLimits {
        if (requests < 1 || outputBytes < 1 || stallLimit.isNegative() || stallLimit.isZero()) {
            throw new IllegalArgumentException(
                    "server limits of %d calls, %d bytes, %s".formatted(requests, outputBytes, stallLimit));
        }
    }
}
