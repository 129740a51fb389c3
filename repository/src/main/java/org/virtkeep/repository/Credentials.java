package org.virtkeep.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What opens an encrypted repository. Never printed: `toString` is `***`.
public sealed interface Credentials {

    /// For repositories that are not encrypted.
    record None() implements Credentials {}

    /// A passphrase as people type it; its UTF-8 bytes go through PBKDF2.
    record Passphrase(String text) implements Credentials {

        /// @throws IllegalArgumentException if it is empty
        public Passphrase {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("the passphrase is empty");
            }
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    /// The content of a key file: at least 32 random bytes.
    record KeyFile(byte[] content) implements Credentials {
        private static final int MAX_BYTES = 1 << 16;

        /// @throws IllegalArgumentException if it is shorter than 32 bytes or longer than 64 KiB
        public KeyFile {
            if (content.length < Keys.KEY_BYTES || content.length > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "a key file has 32 to %d bytes, this one has %d".formatted(MAX_BYTES, content.length));
            }
            content = content.clone();
        }

        @Override
        public byte[] content() {
            return content.clone();
        }

        @Override
        public String toString() {
            return "***";
        }
    }

    static Credentials none() {
        return new None();
    }

    static Credentials passphrase(String text) {
        return new Passphrase(text);
    }

    static Credentials keyFile(Path file) throws IOException {
        return new KeyFile(Files.readAllBytes(file));
    }
}
