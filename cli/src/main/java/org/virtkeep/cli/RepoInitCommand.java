package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Credentials;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositoryOptions;
import org.virtkeep.repository.RepositorySettings;

final class RepoInitCommand extends CliCommand {
    private String folder;
    private Long chunkSize;
    private boolean encrypt;
    private final RepoKeys keys = new RepoKeys();

    @Override
    Manual manual() {
        return Manual.of("create a repository")
                .description(
                        "Creates a repository in a folder that does not exist yet, or is empty.",
                        "Whether it is encrypted, and the size of its chunks, is decided now and for ever. Who loses the passphrase "
                                + "and the key file of an encrypted repository has lost the backups.")
                .examples(
                        "virtkeep repo init /backup",
                        "virtkeep repo init /backup --encrypt",
                        "    asks for a passphrase, twice",
                        "head -c 32 /dev/urandom > key && virtkeep repo init /backup --encrypt --key-file key",
                        "    a key file instead of a passphrase; keep a copy of it elsewhere");
    }

    @Override
    void declare(Options options) {
        options.text("--dir", "DIR", "the repository's folder", word -> folder = word);
        options.size(
                "--chunk-size",
                "SIZE",
                "unit in which disks are compared and stored, a power of two from 64KiB to 1MiB; the default "
                        + "is 256KiB. Smaller chunks store less for small scattered changes, larger ones need less memory",
                size -> chunkSize = size);
        options.flag(
                "--encrypt",
                "encrypt everything (AES-256-GCM) with a passphrase or key file",
                given -> encrypt = given);
        keys.declare(options);
    }

    @Override
    Places places() {
        return Places.of("--dir");
    }

    @Override
    void run(Output output) throws IOException {
        RepositoryOptions options = options();
        var settings = RepositorySettings.defaults();
        try (Repository repository = Repository.create(RepoFolder.prepare(Path.of(folder)), options, settings)) {
            output.done(
                    "Repository %s created in '%s'%s"
                            .formatted(repository.id(), folder, repository.encrypted() ? ", encrypted" : ""),
                    new JsonObject()
                            .put("id", repository.id().toString())
                            .put("folder", folder)
                            .put("chunkSizeBytes", repository.chunkSizeBytes())
                            .put("encrypted", repository.encrypted()));
        }
    }

    private RepositoryOptions options() throws IOException {
        var options = RepositoryOptions.defaults();
        if (chunkSize != null) {
            if (!RepositoryOptions.isChunkSize(chunkSize)) {
                throw usage("the chunk size is a power of two from 64KiB to 1MiB, not %d bytes".formatted(chunkSize));
            }
            options = options.withChunkSize(chunkSize.intValue());
        }
        if (keys.conflict()) {
            throw usage("give --passphrase-file or --key-file, not both");
        }
        Optional<Credentials> given = keys.given(program().surroundings());
        if (!encrypt && given.isPresent()) {
            throw usage("a passphrase or key file is given, but --encrypt is not");
        }
        return encrypt ? options.encryptedFor(given.orElseGet(this::chosen)) : options;
    }

    private Credentials chosen() {
        return NewPassphrase.ask(program().surroundings())
                .orElseThrow(() -> new VirtException(
                        ErrorCode.AUTH_FAILED,
                        ErrorDomain.STORAGE,
                        "no passphrase for the new repository: give --passphrase-file or --key-file"));
    }
}
