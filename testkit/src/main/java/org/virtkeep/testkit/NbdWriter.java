package org.virtkeep.testkit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The least of an NBD client that can write: one request at a time, each waits for its reply. A load tool for
/// tests. Not thread-safe.
public final class NbdWriter implements AutoCloseable {

    private static final long OPTION_MAGIC = 0x49484156454F5054L; // "IHAVEOPT"
    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int REPLY_MAGIC = 0x67446698;
    private static final int FIXED_NEWSTYLE_NO_ZEROES = 3;
    private static final int OPTION_EXPORT_NAME = 1;
    private static final short FLAG_FUA = 1;
    private static final short WRITE = 1;
    private static final short DISCONNECT = 2;
    private static final short FLUSH = 3;
    private static final short TRIM = 4;
    private static final short WRITE_ZEROES = 6;

    private final SocketChannel socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final long sizeBytes;
    private long lastHandle;

    private NbdWriter(SocketChannel socket, String export) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(Channels.newInputStream(socket));
        this.out = new DataOutputStream(new java.io.BufferedOutputStream(Channels.newOutputStream(socket), 1 << 20));
        in.readNBytes(18); // NBDMAGIC, IHAVEOPT, flags
        out.writeInt(FIXED_NEWSTYLE_NO_ZEROES);
        byte[] name = export.getBytes(StandardCharsets.UTF_8);
        out.writeLong(OPTION_MAGIC);
        out.writeInt(OPTION_EXPORT_NAME);
        out.writeInt(name.length);
        out.write(name);
        out.flush();
        this.sizeBytes = in.readLong();
        in.readShort(); // transmission flags
    }

    /// Connects to the export of this name.
    public static NbdWriter connect(Path path, String export) {
        try {
            return new NbdWriter(SocketChannel.open(UnixDomainSocketAddress.of(path)), export);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot connect to export " + export + " at " + path, e);
        }
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    /// Writes all of `bytes` at `offset`; returns when the server says it is on stable storage.
    public void write(long offset, byte[] bytes) throws IOException {
        request(WRITE, FLAG_FUA, offset, bytes.length, bytes);
    }

    public void writeZeroes(long offset, int lengthBytes) throws IOException {
        request(WRITE_ZEROES, FLAG_FUA, offset, lengthBytes, new byte[0]);
    }

    public void trim(long offset, int lengthBytes) throws IOException {
        request(TRIM, (short) 0, offset, lengthBytes, new byte[0]);
    }

    public void flush() throws IOException {
        request(FLUSH, (short) 0, 0, 0, new byte[0]);
    }

    @Override
    public void close() {
        try (socket) {
            header(DISCONNECT, (short) 0, 0, 0);
            out.flush();
        } catch (IOException _) {
            // the server is gone already
        }
    }

    private void request(short command, short flags, long offset, int length, byte[] payload) throws IOException {
        header(command, flags, offset, length);
        out.write(payload);
        out.flush();
        int magic = in.readInt();
        int error = in.readInt();
        long handle = in.readLong();
        if (magic != REPLY_MAGIC || handle != lastHandle) {
            throw new IOException("not the reply to our request");
        }
        if (error != 0) {
            throw new IOException("NBD error " + error + " at offset " + offset);
        }
    }

    private void header(short command, short flags, long offset, int length) throws IOException {
        out.writeInt(REQUEST_MAGIC);
        out.writeShort(flags);
        out.writeShort(command);
        out.writeLong(++lastHandle);
        out.writeLong(offset);
        out.writeInt(length);
    }
}
