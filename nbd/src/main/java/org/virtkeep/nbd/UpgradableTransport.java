package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;

/// A client's connection that may turn to TLS once, between two messages of the handshake. Owns the transport.
final class UpgradableTransport implements ClientTransport {
    private final ClientTransport plain;
    private volatile ClientTransport current;

    UpgradableTransport(ClientTransport plain) {
        this.plain = plain;
        this.current = plain;
    }

    /// Shakes hands. To be called by the only thread that reads and writes now.
    void upgrade(SSLEngine engine) throws IOException {
        current = TlsTransport.over(plain, engine);
    }

    @Override
    public long read(ByteBuffer[] into) throws IOException {
        return current.read(into);
    }

    @Override
    public long write(ByteBuffer[] from, int first, int count) throws IOException {
        return current.write(from, first, count);
    }

    @Override
    public long tryWrite(ByteBuffer[] from, int first, int count) throws IOException {
        return current.tryWrite(from, first, count);
    }

    @Override
    public void close() {
        plain.close();
    }

    @Override
    public String toString() {
        return plain.toString();
    }
}
