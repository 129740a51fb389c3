package org.virtkeep.rpc;

import java.time.Duration;

/// When to ask a silent peer whether it is there, and when to give it up. libvirt's client and daemon use 5 s
/// and 5 or 6 times.
///
/// @param interval of silence before the first ping and between pings
/// @param count    how many pings may stay unanswered; the peer is given up after `interval × (count + 1)`
public record KeepAlive(Duration interval, int count) {

    /// What libvirtd uses.
    public static final KeepAlive LIBVIRT = new KeepAlive(Duration.ofSeconds(5), 5);

    public KeepAlive {
        if (interval.isNegative() || interval.isZero() || count < 1) {
            throw new IllegalArgumentException("keepalive of %d pings every %s".formatted(count, interval));
        }
    }
}
