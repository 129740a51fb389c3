package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A request of the transmission phase.
///
/// @param flags       see [CommandFlag]
/// @param command     a [Command]'s wire value, known or not
/// @param cookie      chosen by the client, repeated in every reply
/// @param offset      unsigned 64 bits: negative is beyond any export
/// @param lengthBytes unsigned 32 bits
record Request(int flags, int command, long cookie, long offset, long lengthBytes) {
    static final int BYTES = 28;

    ByteBuffer encode() {
        return ByteBuffer.allocate(BYTES)
                .putInt(Magic.REQUEST)
                .putShort((short) flags)
                .putShort((short) command)
                .putLong(cookie)
                .putLong(offset)
                .putInt((int) lengthBytes)
                .flip();
    }

    /// Takes [#BYTES] bytes.
    static Request decode(ByteBuffer in) throws NbdException.Protocol {
        int magic = in.getInt();
        if (magic != Magic.REQUEST) {
            throw new NbdException.Protocol("a request starts with 0x%08x, not its magic number".formatted(magic));
        }
        return new Request(
                Short.toUnsignedInt(in.getShort()),
                Short.toUnsignedInt(in.getShort()),
                in.getLong(),
                in.getLong(),
                Integer.toUnsignedLong(in.getInt()));
    }

    boolean has(CommandFlag flag) {
        return flag.isIn(flags);
    }

    /// What is wrong with the request, if it may have no flags but `allowedFlags`.
    Optional<String> fault(int allowedFlags, long sizeBytes) {
        if ((flags & ~allowedFlags) != 0) {
            return Optional.of("flags 0x%x are not supported here".formatted(flags));
        }
        return fitsIn(sizeBytes)
                ? Optional.empty()
                : Optional.of("%d bytes at %s leave the export of %d bytes"
                        .formatted(lengthBytes, Long.toUnsignedString(offset), sizeBytes));
    }

    /// True if the range lies within an export of `sizeBytes`.
    boolean fitsIn(long sizeBytes) {
        return offset >= 0 && lengthBytes <= sizeBytes && offset <= sizeBytes - lengthBytes;
    }
}
