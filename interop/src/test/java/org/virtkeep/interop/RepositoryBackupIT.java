package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.testkit.VmDisk.qcow2;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.TinyTmpfs;
import org.virtkeep.testkit.Tools;

/// Backups into a repository and back from a script's point of view. What the machine's disk must hold
/// is done to an idle image too.
@Tag("interop")
class RepositoryBackupIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private Virtkeep virtkeep;
    private HaltVm vm;
    private String repo;

    @BeforeEach
    void start() {
        Tools.require("qemu-system-x86_64", "qemu-img", "qemu-io");
        virtkeep = Virtkeep.on(dir.resolve("root"));
        Path vda = Images.qcow2(dir.resolve("vda"), "24M", "cluster_size=32k");
        Images.qcow2(dir.resolve("expected"), "24M");
        vm = HaltVm.in(dir)
                .disks(qcow2("vda", vda), qcow2("vdb", Images.qcow2(dir.resolve("vdb"), "4M")))
                .start();
        virtkeep.run(Stream.concat(
                        Stream.of("attach", "vm"),
                        vm.monitorSockets().stream().flatMap(socket -> Stream.of("--qmp", socket.toString())))
                .toArray(String[]::new));
        repo = dir.resolve("repo").toString();
        guestWrites("write -P 0xa1 1M 2M", "write -P 0xa2 20M 1M");
    }

    @AfterEach
    void end() {
        vm.close();
    }

    private void guestWrites(String... commands) {
        for (String command : commands) {
            vm.io("vda", command);
            Images.io(dir.resolve("expected"), "qcow2", command);
        }
    }

    private void createRepository() {
        virtkeep.run("repo", "init", repo);
    }

    private JsonNode backUp() {
        return virtkeep.json("backup", "vm", "--repo", repo).path(0);
    }

    private void requireNoJob() {
        for (JsonNode job : virtkeep.json("backup-list", "vm")) {
            assertThat(job.path("state").asText()).isNotEqualTo("running");
        }
    }

    private void requireRestores(String point, Path expected) {
        Path folder = dir.resolve("restored-" + point.replace('@', '-'));
        virtkeep.run("restore", point, "--repo", repo, "--to", folder.toString());
        Images.requireClean(folder.resolve("vda.qcow2"));
        Images.requireSame(folder.resolve("vda.qcow2"), "qcow2", expected, "qcow2");
    }

    @Test
    void aScriptBacksUpLooksAndRestores() throws IOException {
        createRepository();
        JsonNode first = backUp();
        assertThat(first.path("disks").path(0).path("mode").asText()).isEqualTo("full");
        Path before = Files.copy(dir.resolve("expected"), dir.resolve("before"));
        guestWrites("write -P 0xa3 2M 1M", "write -z 20M 512k");
        JsonNode second = backUp();
        assertThat(second.path("disks").path(0).path("mode").asText()).isEqualTo("incremental");
        assertThat(second.path("base")).isEqualTo(first.path("backup"));
        assertThat(second.path("disks").path(0).path("changedBytes").asLong()).isEqualTo(3 << 19);
        assertThat(virtkeep.json("list", "--repo", repo, "vm").findValuesAsText("id"))
                .containsExactly(
                        first.path("backup").asText(), second.path("backup").asText());
        String point = "vm@" + first.path("backup").asText();
        JsonNode diff = virtkeep.json("diff", point, "vm", "--repo", repo).path("disks");
        assertThat(diff.path(0).path("differingBytes").asLong()).isEqualTo(3 << 19);
        assertThat(diff.path(1).path("differingBytes").asLong()).isZero();
        JsonNode shown = virtkeep.json("show", "vm", "--repo", repo);
        assertThat(shown.path("disks")
                        .path(0)
                        .path("labels")
                        .path("cluster_size")
                        .asText())
                .isEqualTo("32768");
        requireRestores(point, before);
        requireRestores("vm", dir.resolve("expected"));
        requireExistingFilesAreKept();
    }

    private void requireExistingFilesAreKept() {
        String folder = dir.resolve("restored-vm").toString();
        virtkeep.refused(ErrorCode.SYSTEM_ERROR, "restore", "vm", "--repo", repo, "--to", folder);
        virtkeep.run("restore", "vm", "--repo", repo, "--to", folder, "--force");
        Images.requireSame(dir.resolve("restored-vm/vda.qcow2"), "qcow2", dir.resolve("expected"), "qcow2");
    }

    @Test
    void aBackupThatIsKilledIsCleanedUpByTheNext() {
        createRepository();
        for (String slow : new String[] {"1MiB", "256KiB"}) {
            guestWrites("write -P 0x%x 4M 6M".formatted(slow.length()));
            try (ChildProcess backup = virtkeep.start("backup", "vm", "--repo", repo, "--rate-limit", slow)) {
                Await.until(
                        "the backup reads",
                        LIMIT,
                        () -> virtkeep.json("backup-list", "vm")
                                .findValuesAsText("state")
                                .contains("running"));
                backup.kill();
            }
            guestWrites("write -P 0x77 5M 64k");
            Virtkeep.Result next = virtkeep.attempt("backup", "vm", "--repo", repo);
            assertThat(next.exitCode()).as(next.err()).isZero();
            assertThat(next.err()).contains("which an interrupted backup had left");
            requireNoJob();
            assertThat(virtkeep.json("checkpoint-list", "vm")).hasSize(1);
        }
        requireRestores("vm", dir.resolve("expected"));
    }

    @Test
    void aBackupThatIsToldToEndLetsTheDomainGo() {
        createRepository();
        try (ChildProcess backup = virtkeep.start("backup", "vm", "--repo", repo, "--rate-limit", "256KiB")) {
            Await.until(
                    "the backup reads",
                    LIMIT,
                    () -> virtkeep.json("backup-list", "vm")
                            .findValuesAsText("state")
                            .contains("running"));
            backup.terminate();
            backup.awaitExit(LIMIT);
        }
        requireNoJob();
        assertThat(virtkeep.json("checkpoint-list", "vm")).isEmpty();
    }

    @Test
    void aRepositoryThatIsFullFailsTheBackupAndNotTheGuest() throws IOException {
        Path noise = Files.write(dir.resolve("noise"), new byte[0]);
        byte[] random = new byte[8 << 20];
        new java.util.SplittableRandom(1).nextBytes(random);
        Files.write(noise, random);
        guestWrites("write -s %s 8M 8M".formatted(noise));
        try (TinyTmpfs full = TinyTmpfs.mount(dir, "full", 24 << 20)) {
            repo = full.folder().resolve("repo").toString();
            createRepository();
            full.fillUpTo(2 << 20);
            JsonNode error = virtkeep.json("backup-list", "vm");
            assertThat(error).isEmpty();
            Virtkeep.Result failed = virtkeep.attempt("backup", "vm", "--repo", repo);
            assertThat(failed.exitCode()).isEqualTo(1);
            assertThat(failed.err()).contains("No space left on device");
            requireNoJob();
            guestWrites("write -P 0x78 0 64k");
            assertThat(vm.status()).isEqualTo("running");
            full.drain();
            assertThat(backUp().path("done").asBoolean()).isTrue();
            requireRestores("vm", dir.resolve("expected"));
        }
    }

    @Test
    void oneDomainThatFailsLeavesTheOthersAlone() throws IOException {
        createRepository();
        var requests = new Requests(dir);
        Path web = Images.qcow2(dir.resolve("web"), "8M");
        Path lost = Images.qcow2(dir.resolve("lost"), "8M");
        virtkeep.run("define", requests.domain("web", Requests.disk("vda", web, "qcow2")));
        virtkeep.run("define", requests.domain("lost", Requests.disk("vda", lost, "qcow2")));
        Files.delete(lost);
        Virtkeep.Result result =
                virtkeep.attempt("backup", "nosuch", "vm", "lost", "web", "--parallel", "3", "--repo", repo, "--json");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .contains(
                        "\"domain\":\"vm\",\"done\":true",
                        "\"domain\":\"lost\",\"done\":false",
                        "\"domain\":\"web\",\"done\":true",
                        "\"domain\":\"nosuch\",\"done\":false");
        assertThat(result.err()).contains("2 of 4 domains were not backed up");
        requireNoJob();
        assertThat(virtkeep.json("list", "--repo", repo)).hasSize(2);
        requireRestores("vm", dir.resolve("expected"));
    }

    @Test
    void aBackupThatCannotBeQuiescedSaysWhyAndIsNone() {
        createRepository();
        var requests = new Requests(dir);
        String disk = Requests.disk("vda", Images.qcow2(dir.resolve("web"), "8M"), "qcow2");
        String channel = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";
        virtkeep.run("define", requests.domain("web", disk, channel));
        virtkeep.run("start", "web"); // its guest halts at once, and runs no agent
        Virtkeep.Result result =
                virtkeep.attempt("backup", "web", "vm", "--quiesce", "--parallel", "2", "--repo", repo, "--json");
        virtkeep.run("destroy", "web");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).contains("no guest agent has opened its channel", "\"OPERATION_UNSUPPORTED\"");
        assertThat(result.err()).contains("2 of 2 domains were not backed up");
        requireNoJob();
        assertThat(virtkeep.json("checkpoint-list", "vm")).isEmpty();
        assertThat(virtkeep.json("list", "--repo", repo)).isEmpty();
    }

    @Test
    void whatVerifyFindsDamagedIsHealedByTheNextBackup() throws IOException {
        byte[] noise = new byte[4 << 20];
        new java.util.SplittableRandom(2).nextBytes(noise);
        guestWrites("write -s %s 8M 4M".formatted(Files.write(dir.resolve("noise"), noise)));
        createRepository();
        String point = "vm@" + backUp().path("backup").asText();
        Path before = Files.copy(dir.resolve("expected"), dir.resolve("before"));
        flipAByteOfTheLargestPack();
        Virtkeep.Result verified = virtkeep.attempt("verify", "--repo", repo, "--data", "--json");
        assertThat(verified.exitCode()).isEqualTo(3);
        assertThat(verified.out()).contains(point.substring(3));
        virtkeep.refused(
                ErrorCode.OPERATION_FAILED,
                "restore",
                point,
                "--repo",
                repo,
                "--to",
                dir.resolve("no").toString());
        guestWrites("write -P 0xd1 1M 64k");
        Virtkeep.Result next = virtkeep.attempt("backup", "vm", "--repo", repo);
        assertThat(next.exitCode()).as(next.err()).isZero();
        assertThat(next.err()).contains("read 1 damaged parts of disk 'vda' again");
        requireRestores(point, before);
        requireRestores("vm", dir.resolve("expected"));
        virtkeep.run("prune", "--repo", repo);
        virtkeep.run("verify", "--repo", repo, "--data");
    }

    /// Noise is not compressed, so that its middle is in a chunk of noise.
    private void flipAByteOfTheLargestPack() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(repo, "packs"))) {
            Path pack = files.filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(pack);
            bytes[bytes.length / 2] ^= 1;
            Files.delete(pack);
            Files.write(pack, bytes);
        }
    }

    @Test
    void aDomainComesBackUnderAnotherName() {
        createRepository();
        var requests = new Requests(dir);
        Path vdc = Images.qcow2(dir.resolve("vdc"), "8M");
        Images.io(vdc, "qcow2", "write -P 0xc1 1M 1M");
        virtkeep.run("define", requests.domain("web", Requests.disk("vdc", vdc, "qcow2")));
        virtkeep.run("start", "web");
        virtkeep.run("backup", "web", "--repo", repo);
        virtkeep.run("destroy", "web");
        String folder = dir.resolve("copy").toString();
        virtkeep.refused(ErrorCode.OPERATION_FAILED, "restore", "web", "--repo", repo, "--to", folder, "--define");
        virtkeep.run("restore", "web", "--repo", repo, "--to", folder, "--define", "--name", "copy", "--format", "raw");
        assertThat(virtkeep.run("dumpxml", "copy"))
                .contains("<name>copy</name>", "file='" + folder + "/vdc.raw'", "type='raw'");
        Images.requireSame(dir.resolve("copy/vdc.raw"), "raw", vdc, "qcow2");
        virtkeep.run("start", "copy");
        virtkeep.run("destroy", "copy");
    }
}
