package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Reads fields from the payload of one message. Every length inside is a claim that is checked against what
/// is really there. Confined to one thread.
final class PayloadReader {
    private final String message;
    private final ByteBuffer in;

    /// @param message names the message in errors
    PayloadReader(String message, ByteBuffer in) {
        this.message = message;
        this.in = in;
    }

    int remaining() {
        return in.remaining();
    }

    int int16() throws NbdException.Protocol {
        need(Short.BYTES);
        return Short.toUnsignedInt(in.getShort());
    }

    int int32() throws NbdException.Protocol {
        need(Integer.BYTES);
        return in.getInt();
    }

    long int64() throws NbdException.Protocol {
        need(Long.BYTES);
        return in.getLong();
    }

    /// A count of at most `max`, as 32 bits.
    int count(String what, int max) throws NbdException.Protocol {
        int count = int32();
        if (count < 0 || count > max) {
            throw invalid("%s %s, more than %d", Integer.toUnsignedString(count), what, max);
        }
        return count;
    }

    /// A string with its length as 32 bits before it.
    String string() throws NbdException.Protocol {
        return string(count("bytes of a string", NbdLimits.STRING_BYTES));
    }

    /// A string of `length` bytes.
    String string(int length) throws NbdException.Protocol {
        if (length > NbdLimits.STRING_BYTES) {
            throw invalid("a string of %d bytes, more than %d", length, NbdLimits.STRING_BYTES);
        }
        need(length);
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
            if (text.indexOf('\0') >= 0) {
                throw invalid("a string with a NUL character");
            }
            return text;
        } catch (CharacterCodingException _) {
            throw invalid("a string that is not UTF-8");
        }
    }

    /// Text for people up to the end of the payload: bad characters are replaced, a long text is cut.
    String message() {
        byte[] bytes = new byte[Math.min(in.remaining(), NbdLimits.STRING_BYTES)];
        in.get(bytes);
        in.position(in.limit());
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void end() throws NbdException.Protocol {
        if (in.hasRemaining()) {
            throw invalid("%d bytes after its end", in.remaining());
        }
    }

    NbdException.Protocol invalid(String format, Object... arguments) {
        return new NbdException.Protocol(message + " has " + format.formatted(arguments));
    }

    private void need(int bytes) throws NbdException.Protocol {
        if (in.remaining() < bytes) {
            throw invalid("%d bytes where %d are needed", in.remaining(), bytes);
        }
    }
}
