package org.virtkeep.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.api.RepositoryBackup;
import org.virtkeep.api.RepositoryBackupRequest;
import org.virtkeep.api.RepositoryBackups;
import org.virtkeep.api.RepositorySecret;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.RepositoryBackupMessages.Begin;
import org.virtkeep.rpc.RepositoryBackupMessages.Folder;
import org.virtkeep.rpc.RepositoryBackupMessages.Secret;
import org.virtkeep.rpc.VirtkeepProgram;

/// Backups into repositories that our daemon makes for us.
final class ServerBackups implements RepositoryBackups {
    private final Link link;

    ServerBackups(Link link) {
        this.link = link;
    }

    @Override
    public Optional<RepositoryBackup> begin(RepositoryBackupRequest request) {
        Optional<Folder> repository = folder(request.repository());
        Optional<Folder> state = madeFolder(request.stateFolder());
        if (repository.isEmpty() || state.isEmpty()) {
            return Optional.empty(); // whoever does it here will say what is wrong
        }
        Secret secret = secret(request.secret());
        try {
            int id = link.call(
                    VirtkeepProgram.REPOSITORY_BACKUP_BEGIN, begin(request, repository.get(), secret, state.get()));
            return id == 0
                    ? Optional.empty()
                    : Optional.of(new ServerBackup(link.uri(), link.session().client(), id, request.domains()));
        } catch (VirtException e) {
            if (isLeftToUs(e.code())) {
                return Optional.empty();
            }
            throw e;
        } finally {
            Arrays.fill(secret.bytes(), (byte) 0);
        }
    }

    /// The daemon makes as many as it can, or is not any more the one that has offered it.
    private static boolean isLeftToUs(ErrorCode code) {
        return code == ErrorCode.RESOURCE_BUSY || code == ErrorCode.ACCESS_DENIED || code == ErrorCode.NO_SUPPORT;
    }

    private static Secret secret(RepositorySecret secret) {
        int kind = switch (secret.kind()) {
            case NONE -> Secret.NONE;
            case PASSPHRASE -> Secret.PASSPHRASE;
            case KEY_FILE -> Secret.KEY_FILE;
        };
        return new Secret(kind, secret.bytes());
    }

    private static Begin begin(RepositoryBackupRequest request, Folder repository, Secret secret, Folder state) {
        return new Begin(
                request.domains(),
                repository,
                secret,
                state,
                request.disks(),
                request.full(),
                request.quiesce(),
                request.bytesPerSecond(),
                request.scratchFolder().map(Path::toString),
                request.parallel());
    }

    private static Optional<Folder> madeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
            return folder(folder);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<Folder> folder(Path folder) {
        try {
            Map<String, Object> seen = Files.readAttributes(folder, "unix:dev,ino");
            return Optional.of(new Folder(folder.toString(), (long) seen.get("dev"), (long) seen.get("ino")));
        } catch (IOException | UnsupportedOperationException _) {
            return Optional.empty();
        }
    }
}
