package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.repository.Credentials;
import org.virtkeep.repository.LocalStorage;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositoryOptions;
import org.virtkeep.repository.RepositorySettings;

class RepoCommandsTest {
    private final Shell shell = new Shell();

    @TempDir
    private Path dir;

    private String folder;

    @BeforeEach
    void choosesAFolder() {
        folder = dir.resolve("backups").toString();
    }

    private Shell.Result run(String... words) {
        return shell.run(words);
    }

    private String file(String name, String content) throws IOException {
        return Files.writeString(dir.resolve(name), content).toString();
    }

    /// An encrypted repository with few rounds, so that the test need not wait for a slow derivation.
    private void createEncrypted(String passphrase) throws IOException {
        var options = RepositoryOptions.defaults().encryptedFor(Credentials.passphrase(passphrase), 100);
        Repository.create(LocalStorage.create(Path.of(folder)), options, RepositorySettings.defaults())
                .close();
    }

    @Test
    void createsARepositoryForThisUserAlone() throws IOException {
        Shell.Result result = run("repo", "init", folder);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).matches("Repository [0-9a-f-]{36} created in '.*/backups'\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(folder))))
                .isEqualTo("rwx------");
        assertThat(run("repo", "init", folder).err()).startsWith("error: there is a repository in ");
        assertThat(run("repo", "info", folder).out())
                .contains("Chunk size:    256.000 KiB", "Encrypted:     no", "Backups:       0");
        assertThat(run("repo", "info", folder, "--json").out())
                .contains("\"packs\":0,\"packBytes\":0", "\"sessions\":[]");
        assertThat(run("repo", "check", folder).out()).isEqualTo("no faults found; no pack was read to the end\n");
        assertThat(run("repo", "rebuild-index", folder).out()).isEqualTo("Index made from 0 packs\n");
    }

    @Test
    void takesASizeOfChunksThatFits() {
        assertThat(run("repo", "init", folder, "--chunk-size", "64K", "--json").out())
                .contains("\"chunkSizeBytes\":65536", "\"encrypted\":false");
        for (String size : List.of("100K", "2M", "32K", "-1", "much", "1e3", "0.3K", "9999999PiB")) {
            Shell.Result result = run("repo", "init", folder + "2", "--chunk-size", size);
            assertThat(result.code()).as(size).isEqualTo(2);
        }
        assertThat(Path.of(folder + "2")).doesNotExist();
    }

    @Test
    void keepsOutOfAFolderThatHoldsSomethingElse() throws IOException {
        file("photo.jpg", "dear");
        assertThat(run("repo", "init", dir.toString()).err())
                .contains("holds 'photo.jpg'; a repository needs a folder of its own");
        assertThat(dir.resolve("config")).doesNotExist();
    }

    @Test
    void leavesARepositoryThatIsThereAlone() {
        run("repo", "init", folder);
        String before = run("repo", "info", folder).out();
        assertThat(run("repo", "init", folder).err()).contains("there is a repository in ", folder, " already");
        assertThat(run("repo", "info", folder).out()).isEqualTo(before);
    }

    @Test
    void saysWhereThereIsNoRepository() {
        Shell.Result result = run("repo", "info", folder, "--json");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("\"code\":50,\"domain\":18", "there is no folder", "repo init");
        assertThat(run("repo", "check", dir.toString()).err()).contains("there is no virtkeep repository in");
    }

    @Test
    void encryptsWithAKeyFile() throws IOException {
        String key = file("key", "0123456789abcdef0123456789abcdef");
        assertThat(run("repo", "init", folder, "--encrypt", "--key-file", key).out())
                .endsWith(", encrypted\n");
        assertThat(run("repo", "info", folder).err())
                .isEqualTo("error: the repository is encrypted: its passphrase or key file is needed\n");
        assertThat(run("repo", "info", folder, "--key-file", key).out()).contains("Encrypted:     yes");
        shell.environment.put("VIRTKEEP_KEY_FILE", key);
        assertThat(run("repo", "check", folder).code()).isZero();
        assertThat(run("repo", "key", "list", folder, "--json").out())
                .contains("\"openedBy\":\"key-file\",\"current\":true");
    }

    @Test
    void refusesAKeyWhereNothingIsEncrypted() throws IOException {
        String key = file("key", "0123456789abcdef0123456789abcdef");
        assertThat(run("repo", "init", folder, "--key-file", key).code()).isEqualTo(2);
        run("repo", "init", folder);
        assertThat(run("repo", "info", folder, "--key-file", key).err()).contains("is not encrypted");
        assertThat(run("repo", "key", "list", folder).err()).isEqualTo("error: the repository is not encrypted\n");
    }

    @Test
    void asksForAPassphraseWhenNothingElseTellsIt() throws IOException {
        createEncrypted("correct horse");
        assertThat(run("repo", "info", folder).code()).isEqualTo(1);
        shell.secrets.add("correct horse");
        assertThat(run("repo", "info", folder).code()).isZero();
        shell.secrets.add("battery staple");
        assertThat(run("repo", "info", folder, "--json").err()).contains("\"code\":45", "opens none of the key slots");
        shell.environment.put("VIRTKEEP_PASSPHRASE", "correct horse");
        assertThat(run("repo", "info", folder).code()).isZero();
        String wrong = file("wrong", "battery staple\n");
        assertThat(run("repo", "info", folder, "--passphrase-file", wrong).code())
                .isEqualTo(1);
        assertThat(run("repo", "info", folder, "--passphrase-file", file("empty", "\n"))
                        .err())
                .contains("holds no passphrase");
    }

    @Test
    void createsWithAPassphraseThatWasTypedTheSameTwice() {
        shell.secrets.addAll(List.of("correct horse", "correct hrose"));
        assertThat(run("repo", "init", folder, "--encrypt").err()).contains("the two passphrases differ");
        assertThat(Path.of(folder)).doesNotExist();
        shell.secrets.addAll(List.of("correct horse", "correct horse"));
        assertThat(run("repo", "init", folder, "--encrypt").code()).isZero();
        shell.secrets.clear();
        assertThat(run("repo", "init", folder + "2", "--encrypt").err())
                .contains("no passphrase for the new repository");
    }

    @Test
    void changesAddsAndRemovesKeys() throws IOException {
        createEncrypted("old");
        String old = file("old", "old\n");
        String fresh = file("fresh", "fresh\r\n");
        String escrow = file("escrow", "0123456789abcdef0123456789abcdef");
        assertThat(run("repo", "key", "change", folder, "--passphrase-file", old, "--new-passphrase-file", fresh)
                        .code())
                .isZero();
        assertThat(run("repo", "info", folder, "--passphrase-file", old).code()).isEqualTo(1);
        assertThat(run("repo", "key", "add", folder, "--passphrase-file", fresh, "--new-key-file", escrow)
                        .out())
                .matches("Key slot [0-9a-f]{16} added\n");
        List<String> slots = run("repo", "key", "list", folder, "--key-file", escrow)
                .out()
                .lines()
                .filter(line -> line.endsWith(" no"))
                .map(line -> line.strip().split(" ")[0])
                .toList();
        assertThat(slots).hasSize(1);
        assertThat(run("repo", "key", "remove", folder, slots.getFirst(), "--passphrase-file", fresh)
                        .err())
                .contains("opened the repository just now");
        assertThat(run("repo", "key", "remove", folder, slots.getFirst(), "--key-file", escrow)
                        .code())
                .isZero();
        assertThat(run("repo", "info", folder, "--passphrase-file", fresh).code())
                .isEqualTo(1);
        assertThat(run("repo", "info", folder, "--key-file", escrow).code()).isZero();
        assertThat(run("repo", "key", "remove", folder, "0000000000000000", "--key-file", escrow)
                        .err())
                .contains("there is no key slot '0000000000000000'");
    }
}
