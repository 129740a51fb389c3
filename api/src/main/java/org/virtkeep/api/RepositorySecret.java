package org.virtkeep.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What opens an encrypted repository. Never printed: `toString` is `***`. Not thread-safe.
public final class RepositorySecret {

    /// What the bytes are.
    public enum Kind {
        /// There are none: the repository is not encrypted.
        NONE,
        /// A passphrase in UTF-8.
        PASSPHRASE,
        /// The content of a key file.
        KEY_FILE
    }

    private final Kind kind;
    private final byte[] bytes;

    private RepositorySecret(Kind kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    /// For a repository that is not encrypted.
    public static RepositorySecret none() {
        return new RepositorySecret(Kind.NONE, new byte[0]);
    }

    public static RepositorySecret passphrase(String text) {
        return new RepositorySecret(Kind.PASSPHRASE, text.getBytes(StandardCharsets.UTF_8));
    }

    /// @param content is copied
    public static RepositorySecret keyFile(byte[] content) {
        return new RepositorySecret(Kind.KEY_FILE, content.clone());
    }

    public Kind kind() {
        return kind;
    }

    /// A copy, which the caller had better wipe.
    public byte[] bytes() {
        return bytes.clone();
    }

    /// Overwrites the bytes: they are zeros from now on.
    public void wipe() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "***";
    }
}
