package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.Optional;

/// Cuts what a monitor sends into lines, one JSON value each. Confined to the reader thread.
final class MessageReader {

    private static final int INITIAL_BYTES = 16 << 10;

    /// One read takes no more: the JDK keeps a buffer outside the heap as big as the biggest one.
    private static final int MAX_READ_BYTES = 64 << 10;

    private final ReadableByteChannel channel;
    private final int maxMessageBytes;

    // Bytes [start, end) are received and not yet given out; those before `scanned` hold no line end.
    private byte[] buffer = new byte[INITIAL_BYTES];
    private int start;
    private int scanned;
    private int end;

    MessageReader(ReadableByteChannel channel, int maxMessageBytes) {
        this.channel = channel;
        this.maxMessageBytes = maxMessageBytes;
    }

    /// Waits for the next message.
    ///
    /// @return empty when the peer has closed between two messages
    /// @throws QmpException.Protocol if a line is too long or not JSON
    /// @throws QmpException.Disconnected if the peer closed in the middle of a message
    /// @throws IOException if the channel fails or is closed by another thread
    Optional<JsonNode> next() throws IOException {
        while (true) {
            int lineEnd = findLineEnd();
            if ((lineEnd >= 0 ? lineEnd : end) - start > maxMessageBytes) {
                throw new QmpException.Protocol("a message is longer than %d bytes".formatted(maxMessageBytes));
            }
            if (lineEnd >= 0) {
                return Optional.of(parse(takeLine(lineEnd)));
            }
            if (!receive()) {
                if (end > start) {
                    throw new QmpException.Disconnected("the monitor closed in the middle of a message");
                }
                return Optional.empty();
            }
        }
    }

    private int findLineEnd() {
        while (scanned < end) {
            if (buffer[scanned] == '\n') {
                return scanned;
            }
            scanned++;
        }
        return -1;
    }

    private byte[] takeLine(int lineEnd) {
        byte[] line = Arrays.copyOfRange(buffer, start, lineEnd);
        start = lineEnd + 1;
        scanned = start;
        if (start == end) {
            start = 0;
            scanned = 0;
            end = 0;
            if (buffer.length > INITIAL_BYTES) {
                buffer = new byte[INITIAL_BYTES]; // one long message must not hold its memory for ever
            }
        }
        return line;
    }

    private boolean receive() throws IOException {
        if (end == buffer.length) {
            makeRoom();
        }
        int count = channel.read(ByteBuffer.wrap(buffer, end, Math.min(MAX_READ_BYTES, buffer.length - end)));
        if (count < 0) {
            return false;
        }
        end += count;
        return true;
    }

    private void makeRoom() {
        int length = end - start;
        byte[] target = buffer;
        if (length > buffer.length / 2) {
            target = new byte[(int) Math.min(2L * buffer.length, maxMessageBytes + 1L)];
        }
        System.arraycopy(buffer, start, target, 0, length);
        buffer = target;
        scanned -= start;
        start = 0;
        end = length;
    }

    private static JsonNode parse(byte[] line) throws QmpException.Protocol {
        try {
            return Json.parse(line);
        } catch (IOException e) {
            throw new QmpException.Protocol("the monitor sent what is not JSON or exceeds a limit", e);
        }
    }
}
