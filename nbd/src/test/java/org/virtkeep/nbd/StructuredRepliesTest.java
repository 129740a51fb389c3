package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What clients that rely on the end of a reply see. QEMU's does: of data that comes after it, it never hears.
class StructuredRepliesTest {
    private static final int PIECE = 4096;
    private static final int READ = 64 * PIECE;
    private static final int READS = 400;
    private static final int THREADS = 4;

    @TempDir
    private Path directory;

    @Test
    void noDataComesAfterTheChunkThatEndsARead() throws IOException {
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var device = MemoryDevice.random(1, READ).alignment(1, PIECE).on(threads);
            try (var server = TestServer.serve(directory, device);
                    var peer = RawPeer.connect(server.address()).go("memory", true)) {
                for (int cookie = 0; cookie < READS; cookie++) {
                    peer.send(new Request(0, Command.READ.wireValue(), cookie, 0, READ));
                    assertThat(dataOfReply(peer, cookie)).as("read %d", cookie).isEqualTo(READ);
                }
            }
        }
    }

    private static int dataOfReply(RawPeer peer, long cookie) throws IOException {
        int data = 0;
        for (boolean done = false; !done; ) {
            ByteBuffer header = peer.receive(Reply.Chunk.BYTES);
            assertThat(header.getInt()).isEqualTo(Magic.STRUCTURED_REPLY);
            done = (header.getShort() & 1) != 0;
            assertThat(header.getShort()).isEqualTo((short) ReplyType.OFFSET_DATA.wireValue());
            assertThat(header.getLong()).isEqualTo(cookie);
            int length = header.getInt();
            peer.receive(length);
            data += length - Long.BYTES;
        }
        return data;
    }
}
