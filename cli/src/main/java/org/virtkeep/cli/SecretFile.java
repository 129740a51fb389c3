package org.virtkeep.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Credentials;

/// Reads files that hold a passphrase or a key.
final class SecretFile {
    /// What a key file may have; a passphrase has less.
    private static final int MAX_BYTES = 1 << 16;

    private SecretFile() {}

    /// @param passphraseFile may be null, and so may `keyFile`; if both are not, the first counts
    static Optional<Credentials> credentials(Path passphraseFile, Path keyFile) throws IOException {
        if (passphraseFile != null) {
            return Optional.of(Credentials.passphrase(passphrase(passphraseFile)));
        }
        return keyFile == null ? Optional.empty() : Optional.of(key(keyFile));
    }

    private static Credentials key(Path file) throws IOException {
        try {
            return new Credentials.KeyFile(bytes(file));
        } catch (IllegalArgumentException e) {
            throw invalid("'%s': %s".formatted(file, e.getMessage()), e);
        }
    }

    private static String passphrase(Path file) throws IOException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(file)))
                    .toString();
            String line = text.replaceFirst("\r?\n\\z", "");
            if (line.isEmpty()) {
                throw invalid("'%s' holds no passphrase".formatted(file), null);
            }
            return line;
        } catch (CharacterCodingException e) {
            throw invalid("the passphrase in '%s' is not UTF-8; is this a key file?".formatted(file), e);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw invalid("'%s' is larger than 64 KiB, too large for a passphrase or key".formatted(file), null);
            }
            return bytes;
        }
    }

    private static VirtException invalid(String message, Throwable cause) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.NONE, message, cause);
    }
}
