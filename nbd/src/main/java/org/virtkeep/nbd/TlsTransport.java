package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/// TLS over another transport. One thread may read while another writes. Owns the transport below.
final class TlsTransport implements ClientTransport {
    /// Records that go out with one system call.
    private static final int RECORDS = 8;

    private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};

    private final Transport plain;
    private final SSLEngine engine;
    private final ReentrantLock writing = new ReentrantLock();

    // Guarded by writing.
    private final ByteBuffer netOut;

    // Confined to the reading thread.
    private final ByteBuffer netIn;
    private ByteBuffer appIn;

    private TlsTransport(Transport plain, SSLEngine engine) {
        this.plain = plain;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        this.netOut = ByteBuffer.allocateDirect(RECORDS * packet);
        this.netIn = ByteBuffer.allocateDirect(RECORDS * packet).flip();
        this.appIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .flip();
    }

    /// Shakes hands over `plain`, which stays open if that fails.
    ///
    /// @throws IOException if the peer does not, or one of both does not trust the other
    static TlsTransport over(Transport plain, SSLEngine engine) throws IOException {
        var transport = new TlsTransport(plain, engine);
        try {
            engine.beginHandshake();
            transport.shakeHands();
            return transport;
        } catch (IOException e) {
            transport.sendAlert(e);
            throw e;
        }
    }

    /// Tells the peer why, if the engine has something to tell.
    private void sendAlert(IOException failure) {
        try {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                write(NOTHING, 0, 1);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void shakeHands() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NOT_HANDSHAKING, FINISHED -> {
                    return;
                }
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> write(NOTHING, 0, 1);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!unwrap()) {
                        throw new IOException("the peer closed the connection in the TLS handshake");
                    }
                }
            }
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    @Override
    public long read(ByteBuffer[] into) throws IOException {
        while (!appIn.hasRemaining()) {
            if (!unwrap()) {
                return -1;
            }
            afterUnwrap();
        }
        long count = 0;
        for (ByteBuffer target : into) {
            int length = Math.min(target.remaining(), appIn.remaining());
            target.put(appIn.slice(appIn.position(), length));
            appIn.position(appIn.position() + length);
            count += length;
        }
        return count;
    }

    /// The peer may ask for new keys in the middle of the data.
    private void afterUnwrap() throws IOException {
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            runTasks();
        } else if (status == HandshakeStatus.NEED_WRAP) {
            write(NOTHING, 0, 1);
        }
    }

    /// Takes one record in, reading more if needed. What it holds for us, maybe nothing, is in `appIn`, which must be
    /// empty before.
    ///
    /// @return false at the end of the stream
    private boolean unwrap() throws IOException {
        while (true) {
            SSLEngineResult result = engine.unwrap(netIn, appIn.clear());
            appIn.flip();
            switch (result.getStatus()) {
                case OK -> {
                    return true;
                }
                case CLOSED -> {
                    return false;
                }
                case BUFFER_OVERFLOW ->
                    appIn = ByteBuffer.allocate(
                                    appIn.capacity() + engine.getSession().getApplicationBufferSize())
                            .flip();
                case BUFFER_UNDERFLOW -> {
                    netIn.compact();
                    long count = plain.read(new ByteBuffer[] {netIn});
                    netIn.flip();
                    if (count < 0) {
                        return false;
                    }
                }
            }
        }
    }

    @Override
    public long write(ByteBuffer[] from, int first, int count) throws IOException {
        writing.lock();
        try {
            netOut.clear();
            long consumed = 0;
            int packet = engine.getSession().getPacketBufferSize();
            do {
                SSLEngineResult result = engine.wrap(from, first, count, netOut);
                if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                    throw new IOException("the TLS connection is closed");
                }
                consumed += result.bytesConsumed();
            } while (hasRemaining(from, first, count) && netOut.remaining() >= packet);
            plain.writeFully(netOut.flip());
            return consumed;
        } finally {
            writing.unlock();
        }
    }

    private static boolean hasRemaining(ByteBuffer[] from, int first, int count) {
        for (int index = first; index < first + count; index++) {
            if (from[index].hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    /// Nothing: what was encrypted has to go out as a whole, and that may have to wait.
    @Override
    public long tryWrite(ByteBuffer[] from, int first, int count) {
        return 0;
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
