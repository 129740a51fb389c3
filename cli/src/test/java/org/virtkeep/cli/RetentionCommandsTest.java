package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.ReadSession;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.Task;

class RetentionCommandsTest {
    private final Shell shell = new Shell();

    @TempDir
    private Path dir;

    private StoredBackups stored;
    private BackupInfo monday;
    private BackupInfo tuesday;
    private BackupInfo mail;

    @BeforeEach
    void storesThreeBackups() throws IOException {
        stored = StoredBackups.create(dir);
        monday = stored.add("web", Instant.parse("2026-11-16T02:00:00Z"));
        tuesday = stored.add("web", Instant.parse("2026-11-17T02:00:00Z"));
        mail = stored.add("mail", Instant.parse("2026-11-15T02:00:00Z"));
        shell.environment.put("VIRTKEEP_REPO", dir.toString());
    }

    private Shell.Result run(String... words) {
        return shell.run(words);
    }

    private List<String> ids() throws IOException {
        try (Repository repository = stored.open()) {
            return repository.list().backups().stream().map(BackupInfo::id).toList();
        }
    }

    private List<Path> packs() throws IOException {
        try (Stream<Path> files = Files.walk(dir.resolve("packs"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private void damage(Path pack) throws IOException {
        byte[] bytes = Files.readAllBytes(pack);
        bytes[1000] ^= 1;
        Files.delete(pack);
        Files.write(pack, bytes);
    }

    @Test
    void aDryRunTellsWhatAPruneDoes() throws IOException {
        Shell.Result plan = run("prune", "--keep-last", "1", "--dry-run");
        assertThat(plan.code()).as(plan.err()).isZero();
        assertThat(plan.out())
                .contains(monday.id() + "   2026-11-16 02:00:00 +0000   would be deleted")
                .contains(tuesday.id() + "   2026-11-17 02:00:00 +0000   kept")
                .contains("would delete 1 backup, kept 2; would free ");
        assertThat(ids()).hasSize(3);
        Shell.Result done = run("prune", "--keep-last", "1", "--json");
        assertThat(done.out())
                .contains("\"deleted\":[{\"id\":\"" + monday.id() + "\",\"domain\":\"web\"", "\"waitingBytes\":0");
        assertThat(ids()).containsExactly(mail.id(), tuesday.id());
        assertThat(packs()).hasSize(2);
    }

    @Test
    void aPruneWithoutRulesOrOfAnotherDomainDeletesNoBackup() throws IOException {
        assertThat(run("prune").out()).contains("deleted 0 backups, kept 3; freed 0 B");
        assertThat(run("prune", "--domain", "mail", "--keep-last", "1").code()).isZero();
        assertThat(run("prune", "--domain", "db", "--keep-last", "1").err())
                .isEqualTo("error: there is no backup of domain 'db'\n");
        assertThat(run("prune", "--keep-last", "-1").err()).contains("not negative");
        assertThat(ids()).hasSize(3);
    }

    @Test
    void aHeldBackupStaysUntilItIsReleased() throws IOException {
        assertThat(run("hold", "web@2026-11-16").out())
                .isEqualTo("Backup '%s' of domain 'web' is held\n".formatted(monday.id()));
        assertThat(run("prune", "--keep-last", "1").out()).contains("held");
        assertThat(run("forget", "web@" + monday.id()).err()).contains("is held; 'virtkeep release' ends that");
        assertThat(ids()).hasSize(3);
        assertThat(run("release", "web@2026-11-16", "--json").out()).contains("\"held\":false");
        assertThat(run("prune", "--keep-last", "1").code()).isZero();
        assertThat(ids()).hasSize(2);
    }

    @Test
    void oneBackupIsForgotten() throws IOException {
        assertThat(run("forget", "web@latest").code()).isZero();
        assertThat(run("forget", mail.id()).code()).isZero();
        assertThat(ids()).containsExactly(monday.id());
        assertThat(run("forget", tuesday.id() + "0").err()).contains("there is no backup");
        assertThat(run("forget", "web@yesterday").err()).contains("is no point in time");
    }

    @Test
    void oneBackupIsShownWithADiskAParagraph() {
        assertThat(run("show", "web@latest").out())
                .startsWith("Domain:         web\nId:             " + tuesday.id() + "\n")
                .contains("\n\nDisk:      vda\nSize:      256.000 KiB\nChanged:   256.000 KiB\nTree hash: ")
                .endsWith("\n\n");
        assertThat(run("show", "web@latest", "--json").out()).contains("\"sizeBytes\":262144");
    }

    @Test
    void aRestoreReplacesAFileOnlyWhenTold(@TempDir Path to) throws IOException {
        Path image = Files.writeString(to.resolve("vda.raw"), "dear");
        String[] restore = {"restore", "web", "--to", to.toString(), "--format", "raw"};
        assertThat(run(restore).err()).isEqualTo("error: '%s' exists already; --force replaces it\n".formatted(image));
        assertThat(image).hasContent("dear");
        assertThat(run(Stream.concat(Stream.of(restore), Stream.of("--force")).toArray(String[]::new))
                        .code())
                .isZero();
        assertThat(image).hasSize(256 << 10);
    }

    @Test
    void aPruneTellsThatItLeavesWhatIsBeingRead() throws IOException {
        try (Repository repository = stored.open();
                ReadSession session = repository.beginRead(monday.id())) {
            assertThat(run("repo", "info", dir.toString()).out()).contains("restore by process ");
            assertThat(run("prune", "--keep-last", "1").out()).contains("deleted 1 backup, kept 2; freed 0 B");
            assertThat(session.isLeased()).isTrue();
            assertThat(packs()).hasSize(3);
        }
        assertThat(run("prune").code()).isZero();
        assertThat(packs()).hasSize(2);
    }

    @Test
    void verifyTellsWhichBackupsSuffer() throws IOException {
        assertThat(run("verify", "--data").out()).matches("no faults found; read [0-9.]+ KiB in 3 packs\n");
        assertThat(run("verify", "web@latest", "--data").out()).contains(" in 1 pack\n");
        assertThat(run("verify", "web", "--percent", "100").out()).contains(" in 2 packs\n");
        run("forget", "web@" + monday.id());
        run("prune");
        for (Path pack : packs()) {
            damage(pack);
        }
        assertThat(run("verify").code()).isZero(); // the structure is not damaged
        Shell.Result result = run("verify", "mail", "--data");
        assertThat(result.code()).isEqualTo(3);
        assertThat(result.out())
                .contains("fault: chunk ", "backup '%s' cannot be restored as a whole".formatted(mail.id()))
                .contains("1 fault found, 1 backup damaged");
        assertThat(run("verify", "mail", "--json").out())
                .contains("\"clean\":false", "\"affected\":[\"" + mail.id() + "\"]");
        assertThat(run("verify", "web", "--json").out()).contains("\"clean\":true");
        assertThat(run("repo", "check", dir.toString(), "--data").code()).isEqualTo(3);
    }

    @Test
    void refusesToVerifyWhatIsNotThereAndHalfMeantOptions() {
        assertThat(run("verify", "db").err()).isEqualTo("error: there is no backup of domain 'db'\n");
        assertThat(run("verify", "--percent", "0").err()).contains("from 1 to 100");
        assertThat(run("verify", "--percent", "5", "--data").err()).contains("not both");
        shell.environment.clear();
        assertThat(run("verify").err()).startsWith("error: no repository is named: give --repo DIR");
    }

    @Test
    void showsHowFarItIs() {
        assertThat(TaskDisplay.text(
                        new Task.Progress("reading packs", 1 << 20, 4 << 20, true), OptionalDouble.of(1 << 20)))
                .isEqualTo("reading packs: 25.0 %, 1.000 MiB of 4.000 MiB, 1.000 MiB/s, 3.0 s left");
        assertThat(TaskDisplay.text(new Task.Progress("reading maps", 1, 3, false), OptionalDouble.empty()))
                .isEqualTo("reading maps: 33.3 %");
        assertThat(TaskDisplay.text(new Task.Progress("looking", 0, 0, false), OptionalDouble.empty()))
                .isEqualTo("looking");
    }
}
