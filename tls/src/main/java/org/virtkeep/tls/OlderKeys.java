package org.virtkeep.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Makes PKCS #8 (RFC 5208) of the forms in which keys were kept before it, and in which certtool keeps them still.
///
/// Both forms go into PKCS #8 as they are, behind a name of the algorithm. For RSA (PKCS #1, RFC 8017) that is always
/// the same; for EC (SEC 1, RFC 5915) the curve belongs to it, which the key itself names.
final class OlderKeys {
    private static final byte SEQUENCE = 0x30;
    private static final byte INTEGER = 2;
    private static final byte OCTETS = 4;
    private static final byte CURVE = (byte) 0xa0;
    private static final byte[] VERSION = {INTEGER, 1, 0};
    /// 1.2.840.113549.1.1.1 and NULL.
    private static final byte[] RSA = {6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0};
    /// 1.2.840.10045.2.1.
    private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private OlderKeys() {}

    static byte[] rsa(byte[] pkcs1) {
        return pkcs8(RSA, pkcs1);
    }

    /// @throws IOException if the key does not name its curve, or is not in this form
    static byte[] ec(byte[] sec1) throws IOException {
        try {
            ByteBuffer parts = content(ByteBuffer.wrap(sec1), SEQUENCE);
            content(parts, INTEGER);
            content(parts, OCTETS);
            ByteBuffer curve = content(parts, CURVE);
            var name = new byte[curve.remaining()];
            curve.get(name);
            return pkcs8(join(EC, name), sec1);
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
            throw new IOException("the EC key is damaged, or does not name its curve", e);
        }
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, VERSION, element(SEQUENCE, algorithm), element(OCTETS, key));
    }

    /// What is in the element of type `tag` that comes next, which is then behind us.
    ///
    /// @throws IllegalArgumentException if another one comes, or it is longer than all there is
    private static ByteBuffer content(ByteBuffer bytes, byte tag) {
        if (bytes.get() != tag) {
            throw new IllegalArgumentException("another element was expected");
        }
        int length = Byte.toUnsignedInt(bytes.get());
        if (length > 0x80) {
            int bytesOfLength = length - 0x80;
            length = 0;
            for (int i = 0; i < bytesOfLength; i++) {
                length = Math.addExact(Math.multiplyExact(length, 256), Byte.toUnsignedInt(bytes.get()));
            }
        }
        ByteBuffer content = bytes.slice().limit(length);
        bytes.position(bytes.position() + length);
        return content;
    }

    private static byte[] element(byte tag, byte[]... parts) {
        byte[] content = join(parts);
        return join(new byte[] {tag}, length(content.length), content);
    }

    /// In as few bytes as it can be said.
    private static byte[] length(int length) {
        if (length < 0x80) {
            return new byte[] {(byte) length};
        }
        byte[] bytes = BigInteger.valueOf(length).toByteArray();
        int zeros = bytes[0] == 0 ? 1 : 0;
        return join(new byte[] {(byte) (0x80 + bytes.length - zeros)}, Arrays.copyOfRange(bytes, zeros, bytes.length));
    }

    private static byte[] join(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(joined::writeBytes);
        return joined.toByteArray();
    }
}
