package org.virtkeep.daemon.server;

import org.virtkeep.rpc.KeepAlive;
import org.virtkeep.rpc.ServerLimits;

/// What clients may take up. Immutable.
///
/// @param clients          that may be connected at a time
/// @param each             what one of them may take up
/// @param keepAlive        when a silent one is asked whether it is there, if it can answer
/// @param largePacketBytes what packets above 64 KiB that are being received may take together; at least
///     libvirt's largest packet, 32 MiB
public record ClientLimits(int clients, ServerLimits each, KeepAlive keepAlive, long largePacketBytes) {
    public static final ClientLimits DEFAULT =
            new ClientLimits(1_000, ServerLimits.DEFAULT, KeepAlive.LIBVIRT, 64L * 1024 * 1024);
}
