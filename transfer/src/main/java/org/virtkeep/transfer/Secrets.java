package org.virtkeep.transfer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.virtkeep.api.RepositorySecret;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Credentials;

/// Goes between what opens a repository as the API and as the repository have it.
public final class Secrets {
    private Secrets() {}

    /// @throws VirtException INVALID_ARG if it cannot open any repository, as an empty passphrase
    static Credentials credentials(RepositorySecret secret) {
        byte[] bytes = secret.bytes();
        try {
            return switch (secret.kind()) {
                case NONE -> Credentials.none();
                case PASSPHRASE -> Credentials.passphrase(new String(bytes, StandardCharsets.UTF_8));
                case KEY_FILE -> new Credentials.KeyFile(bytes);
            };
        } catch (IllegalArgumentException e) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.NONE, e.getMessage(), e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /// The same as the API has it.
    public static RepositorySecret of(Credentials credentials) {
        return switch (credentials) {
            case Credentials.None() -> RepositorySecret.none();
            case Credentials.Passphrase(String text) -> RepositorySecret.passphrase(text);
            case Credentials.KeyFile file -> RepositorySecret.keyFile(file.content());
        };
    }
}
