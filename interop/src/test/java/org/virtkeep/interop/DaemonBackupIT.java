package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tools;

/// Backups that virtkeepd makes for `virtkeep backup`: the same as those that it makes itself, and cleaned up after
/// whoever dies. The daemon's log tells which of both it was.
@Tag("interop")
class DaemonBackupIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NOBODY = "65534";

    @TempDir
    private Path dir;

    private Virtkeepd daemon;
    private GuestlessDomain domain;
    private Virtkeep served;
    private Virtkeep embedded;
    private String repo;
    private Path config;

    @BeforeEach
    void start() throws IOException {
        Tools.require("virsh", "qemu-img", "qemu-io");
        config = Files.writeString(dir.resolve("conf"), "log-level = debug\nsocket-mode = 0666\n");
        daemon = Virtkeepd.start(dir, "--config", config.toString());
        domain = GuestlessDomain.start(daemon, dir, 1, "24M");
        Images.qcow2(dir.resolve("expected"), "24M");
        served = Virtkeep.at("qemu+unix:///system?socket=" + daemon.socket(), dir.resolve("state"));
        embedded = Virtkeep.on(daemon.root());
        repo = dir.resolve("repo").toString();
        guestWrites("write -P 0xa1 1M 6M", "write -P 0xa2 20M 1M");
    }

    @AfterEach
    void end() {
        assertThat(domain.status()).isEqualTo("running");
        domain.close();
        daemon.close();
    }

    private void guestWrites(String... commands) {
        for (String command : commands) {
            domain.io("vda", command);
            Images.io(dir.resolve("expected"), "qcow2", command);
        }
    }

    private long madeByTheDaemon() {
        return daemon.process().lines().stream()
                .filter(line -> line.contains("backups begun client="))
                .count();
    }

    private List<String> jobStates() {
        return embedded.json("backup-list", "vm").findValuesAsText("state");
    }

    private void awaitRunning() {
        Await.until("the backup reads", LIMIT, () -> jobStates().contains("running"));
    }

    private void awaitEnded() {
        Await.until("the job to be ended", LIMIT, () -> !jobStates().contains("running"));
    }

    private ChildProcess slowBackup() {
        return served.start("backup", "vm", "--repo", repo, "--rate-limit", "256KiB");
    }

    private void requireRestores(Path expected, String point, String... options) {
        var command = new ArrayList<>(List.of("restore", point, "--repo", repo, "--to"));
        Path folder = dir.resolve("restored-" + point.replace('@', '-'));
        command.add(folder.toString());
        command.addAll(List.of(options));
        embedded.run(command.toArray(String[]::new));
        Images.requireSame(folder.resolve("vda.qcow2"), "qcow2", expected, "qcow2");
    }

    /// Names of all fields, with those inside.
    private static Set<String> keys(JsonNode node) {
        var keys = new TreeSet<String>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            keys.add(field.getKey());
            keys(field.getValue()).forEach(inner -> keys.add(field.getKey() + "." + inner));
        }
        node.forEach(each -> keys.addAll(keys(each)));
        return keys;
    }

    private static String masked(String output) {
        return output.replaceAll("\\d{8}T\\d{6}[^,:' ]*", "ID")
                .replaceAll("in [0-9.]+ m?s", "in TIME")
                .replaceAll("stored [0-9.]+ [KMi]*B", "stored SIZE");
    }

    @Test
    void itsBackupsAreThoseOfTheCommandLine() throws IOException {
        String key =
                Files.writeString(dir.resolve("passphrase"), "open sesame\n").toString();
        String other = dir.resolve("other").toString();
        served.run("repo", "init", repo, "--encrypt", "--passphrase-file", key);
        embedded.run("repo", "init", other);
        JsonNode first = served.json("backup", "vm", "--repo", repo, "--passphrase-file", key)
                .path(0);
        assertThat(first.path("disks").path(0).path("mode").asText()).isEqualTo("full");
        assertThat(keys(first))
                .isEqualTo(keys(embedded.json("backup", "vm", "--repo", other).path(0)));
        Path before = Files.copy(dir.resolve("expected"), dir.resolve("before"));
        guestWrites("write -P 0xa3 2M 1M", "write -z 20M 512k");
        String told = served.run("backup", "vm", "--repo", repo, "--passphrase-file", key);
        assertThat(told)
                .contains("vda: incremental, changed since backup '"
                        + first.path("backup").asText());
        assertThat(masked(told)).isEqualTo(masked(embedded.run("backup", "vm", "--repo", other)));
        assertThat(madeByTheDaemon()).isEqualTo(2);
        requireRestores(before, "vm@" + first.path("backup").asText(), "--passphrase-file", key);
        requireRestores(dir.resolve("expected"), "vm", "--passphrase-file", key);
        requireSameFailures(other);
    }

    private void requireSameFailures(String other) throws IOException {
        var requests = new Requests(dir);
        Path lost = Images.qcow2(dir.resolve("lost"), "8M");
        embedded.run("define", requests.domain("lost", Requests.disk("vda", lost, "qcow2")));
        Files.delete(lost);
        String wrong = Files.writeString(dir.resolve("wrong"), "open barley\n").toString();
        String[][] commands = {
            {"backup", "vm", "--repo", repo, "--passphrase-file", wrong, "--json"},
            {"backup", "vm", "--repo", other, "--disk", "vdx"},
            {"backup", "vm", "lost", "--parallel", "2", "--repo", other},
        };
        for (String[] command : commands) {
            Virtkeep.Result ours = served.attempt(command);
            Virtkeep.Result theirs = embedded.attempt(command);
            assertThat(ours.exitCode()).as(ours.err()).isEqualTo(1).isEqualTo(theirs.exitCode());
            assertThat(masked(ours.err())).isEqualTo(masked(theirs.err()));
            assertThat(masked(ours.out())).isEqualTo(masked(theirs.out()));
        }
        assertThat(madeByTheDaemon()).isEqualTo(4); // a wrong passphrase begins nothing
    }

    @Test
    void itEndsWithTheCommandHoweverThatEnds() {
        served.run("repo", "init", repo);
        try (ChildProcess backup = slowBackup()) {
            awaitRunning();
            backup.terminate();
            assertThat(backup.awaitExit(LIMIT)).isEqualTo(128 + 15);
        }
        assertThat(jobStates()).doesNotContain("running");
        try (ChildProcess backup = slowBackup()) {
            awaitRunning();
            backup.kill();
        }
        awaitEnded();
        assertThat(madeByTheDaemon()).isEqualTo(2);
        Await.until(
                "its checkpoint to go",
                LIMIT,
                () -> embedded.json("checkpoint-list", "vm").isEmpty());
        served.run("backup", "vm", "--repo", repo);
        requireRestores(dir.resolve("expected"), "vm");
    }

    @Test
    void aDaemonThatDiesLeavesWhatTheNextBackupRemoves() {
        served.run("repo", "init", repo);
        try (ChildProcess backup = slowBackup()) {
            awaitRunning();
            daemon.kill();
            assertThat(backup.awaitExit(LIMIT)).isEqualTo(1);
            assertThat(backup.lines()).anyMatch(line -> line.contains("does not answer any more"));
        }
        assertThat(jobStates()).contains("running");
        guestWrites("write -P 0x77 5M 64k");
        daemon.restart();
        Virtkeep.Result next = served.attempt("backup", "vm", "--repo", repo);
        assertThat(next.exitCode()).as(next.err()).isZero();
        assertThat(next.err()).contains("which an interrupted backup had left");
        assertThat(jobStates()).doesNotContain("running");
        requireRestores(dir.resolve("expected"), "vm");
        requireACleanEnd();
    }

    private void requireACleanEnd() {
        try (ChildProcess backup = served.start("backup", "vm", "--repo", repo, "--full", "--rate-limit", "256KiB")) {
            awaitRunning();
            daemon.process().terminate();
            assertThat(backup.awaitExit(LIMIT)).isEqualTo(1);
            assertThat(backup.lines()).anyMatch(line -> line.contains("the backup was cancelled: virtkeepd ends"));
        }
        assertThat(daemon.process().awaitExit(LIMIT)).isZero();
        assertThat(jobStates()).doesNotContain("running");
    }

    @Test
    void whomItDoesNotServeDoesItAlone() throws IOException, InterruptedException {
        served.run("repo", "init", repo);
        if (System.getProperty("user.name").equals("root")) {
            requireAnotherUserDoesItAlone();
        }
        Files.writeString(config, "log-level = debug\nrepository-backups = off\n");
        Await.until("the configuration to be read", LIMIT, () -> {
            new ProcessBuilder("kill", "-HUP", Long.toString(daemon.process().pid())).start();
            return daemon.process().lines().stream().anyMatch(line -> line.contains("configuration reloaded"));
        });
        served.run("backup", "vm", "--repo", repo);
        assertThat(madeByTheDaemon()).isZero();
        requireRestores(dir.resolve("expected"), "vm");
    }

    private void requireAnotherUserDoesItAlone() throws IOException, InterruptedException {
        Tools.require("setpriv");
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx--x--x"));
        Path theirs = Files.createDirectory(dir.resolve("theirs"));
        String home =
                Path.of(System.getProperty("virtkeep.home", "..")).toRealPath().toString();
        embedded.run("repo", "init", theirs + "/repo");
        new ProcessBuilder("chown", "-R", NOBODY, theirs.toString()).start().waitFor();
        var command = new ArrayList<>(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        command.addAll(List.of("env", "HOME=" + theirs, "VIRTKEEP_STATE=" + theirs + "/state"));
        command.addAll(List.of(home + "/bin/virtkeep", "-c", "qemu+unix:///system?socket=" + daemon.socket()));
        command.addAll(List.of("backup", "vm", "--repo", theirs + "/repo"));
        try (ChildProcess other = ChildProcess.start("virtkeep of another user", command)) {
            other.awaitExit(LIMIT); // whether it can open the job's socket is another matter
        }
        assertThat(embedded.json("backup-list", "vm")).hasSize(1);
        assertThat(madeByTheDaemon()).isZero();
    }
}
