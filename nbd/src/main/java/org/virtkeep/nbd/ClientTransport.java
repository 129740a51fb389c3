package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A stream of bytes to and from a client, which may be slow.
interface ClientTransport extends Transport {
    /// Writes what can be written without waiting for the client; maybe nothing.
    long tryWrite(ByteBuffer[] from, int first, int count) throws IOException;
}
