package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// Images of a full and an incremental push become restore points, which are served, read and written by
/// other people's programs.
@Tag("interop")
class RestorePointIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    private Path dir;

    private Virtkeep virtkeep;
    private String repo;
    private Path monday;
    private Path tuesday;

    @BeforeEach
    void importsAFullAndAnIncrementalPush() {
        Tools.require("qemu-img", "qemu-io", "qemu-nbd", "nbdinfo", "nbdcopy");
        virtkeep = Virtkeep.on(dir.resolve("root"));
        repo = dir.resolve("repo").toString();
        virtkeep.run("repo", "init", repo, "--chunk-size", "256KiB");
        image("full.qcow2", "write -P 1 0 1M", "write -P 2 5M 300k", "write -P 3 15M 1M");
        image("incr.qcow2", "write -P 4 64k 64k", "write -z 5M 64k", "write -P 5 9M 4k", "write -P 6 16252928 512");
        importAs("2026-11-16T02:00", "full.qcow2");
        importAs("2026-11-17T02:00", "incr.qcow2", "--onto", "latest");
        monday = raw("full.qcow2");
        Tool.run(
                "qemu-img",
                "rebase",
                "-u",
                "-b",
                "full.qcow2",
                "-F",
                "qcow2",
                dir.resolve("incr.qcow2").toString());
        tuesday = raw("incr.qcow2");
    }

    private void image(String name, String... writes) {
        String file = dir.resolve(name).toString();
        Tool.run("qemu-img", "create", "-q", "-f", "qcow2", file, "16M");
        var command = new ArrayList<>(List.of("qemu-io", "-f", "qcow2"));
        for (String write : writes) {
            command.addAll(List.of("-c", write));
        }
        command.add(file);
        Tool.run(command);
    }

    private void importAs(String time, String image, String... more) {
        var command = new ArrayList<>(List.of("import", "vm", "--repo", repo, "--time", time, "--disk"));
        command.add("vda=" + dir.resolve(image));
        command.addAll(Arrays.asList(more));
        virtkeep.run(command.toArray(String[]::new));
    }

    private Path raw(String image) {
        Path raw = dir.resolve(image + ".raw");
        Tool.run("qemu-img", "convert", "-O", "raw", dir.resolve(image).toString(), raw.toString());
        return raw;
    }

    private ChildProcess serve(String point, String socket, String... more) {
        var command = new ArrayList<>(List.of(
                "serve", point, "--repo", repo, "--socket", dir.resolve(socket).toString()));
        command.addAll(Arrays.asList(more));
        ChildProcess server = virtkeep.start(command.toArray(String[]::new));
        server.awaitLine(0, LIMIT, line -> line.contains("nbd+unix:///vda?socket="));
        return server;
    }

    private String uri(String socket) {
        return "nbd+unix:///vda?socket=" + dir.resolve(socket);
    }

    private void same(String uri, Path expected) {
        Tool.run("qemu-img", "compare", "-f", "raw", "-F", "raw", uri, expected.toString());
    }

    private static void endsCleanly(ChildProcess server, Path socket) {
        server.terminate();
        assertThat(server.awaitExit(LIMIT)).as(server.tail()).isZero();
        assertThat(socket).doesNotExist();
    }

    @Test
    void everyRestorePointIsServedAsItWas() throws IOException {
        try (ChildProcess old = serve("vm@2026-11-16", "old");
                ChildProcess latest = serve("vm", "latest")) {
            same(uri("old"), monday);
            same(uri("latest"), tuesday);
            assertThat(Tool.run("nbdinfo", uri("old"))).contains("is_read_only: true");
            assertThat(Tool.run("nbdinfo", "--map", "--totals", uri("old"))).contains("hole,zero");
            virtkeep.run("prune", "--repo", repo, "--keep-last", "1"); // takes nothing from under a server
            virtkeep.run("prune", "--repo", repo, "--keep-last", "1");
            Path copy = dir.resolve("copy");
            Tool.run("nbdcopy", uri("old"), copy.toString());
            assertThat(Files.mismatch(copy, monday)).isEqualTo(-1);
            endsCleanly(old, dir.resolve("old"));
            endsCleanly(latest, dir.resolve("latest"));
        }
        assertThat(virtkeep.json("prune", "--repo", repo).path("freedBytes").asLong())
                .isPositive();
        virtkeep.run("verify", "--repo", repo, "--data");
        virtkeep.refused(ErrorCode.NO_STORAGE_VOL, "serve", "vm@2026-11-16", "--repo", repo, "--socket", repo + ".s");
    }

    @Test
    void whatAGuestWroteIsInTheOverlay() {
        String overlay = dir.resolve("vda.overlay").toString();
        try (ChildProcess server = serve("vm", "cow", "--writable", overlay)) {
            Tool.run(
                    "qemu-io",
                    "-f",
                    "raw",
                    "-c",
                    "write -P 9 1000 5000",
                    "-c",
                    "write -z 15M 1M",
                    "-c",
                    "flush",
                    uri("cow"));
            virtkeep.refused(
                    ErrorCode.SYSTEM_ERROR,
                    "serve",
                    "vm",
                    "--repo",
                    repo,
                    "--socket",
                    repo + ".s",
                    "--writable",
                    overlay);
            server.kill(); // what was flushed is durable
        }
        try (ChildProcess server = serve("vm", "cow", "--writable", overlay, "--once")) {
            Tool.run("qemu-io", "-f", "raw", "-c", "read -P 9 1000 5000", "-c", "read -P 0 15M 1M", uri("cow"));
            assertThat(server.awaitExit(LIMIT)).isZero(); // its only client has left
        }
        try (ChildProcess server = serve("vm", "plain")) {
            same(uri("plain"), tuesday);
            endsCleanly(server, dir.resolve("plain"));
        }
        assertThat(virtkeep.refused(
                                ErrorCode.SYSTEM_ERROR,
                                "serve",
                                "vm@2026-11-16",
                                "--repo",
                                repo,
                                "--socket",
                                repo + ".s",
                                "--writable",
                                overlay)
                        .path("message")
                        .asText())
                .contains("belongs to another restore point");
    }

    @Test
    void bytesGoToStandardOutput() throws IOException {
        Path out = dir.resolve("cat.raw");
        Tool.run("sh", "-c", "exec \"$@\" > " + out, "sh", program(), "cat", "vm", "--repo", repo);
        assertThat(Files.mismatch(out, tuesday)).isEqualTo(-1);
        Tool.run(
                "sh",
                "-c",
                "exec \"$@\" > " + out,
                "sh",
                program(),
                "cat",
                "vm@2026-11-16",
                "--repo",
                repo,
                "--disk",
                "vda",
                "--offset",
                "1048000",
                "--length",
                "1000");
        byte[] all = Files.readAllBytes(monday);
        assertThat(Files.readAllBytes(out)).isEqualTo(Arrays.copyOfRange(all, 1_048_000, 1_049_000));
        virtkeep.refused(ErrorCode.DEVICE_MISSING, "cat", "vm", "--repo", repo, "--disk", "vdb");
    }

    private static String program() {
        return Path.of(System.getProperty("virtkeep.home", ".."))
                .resolve("bin/virtkeep")
                .toString();
    }

    @Test
    void theDefinitionComesBackWithImagesThatWereImported() {
        Path full = dir.resolve("full.qcow2");
        String xml = new Requests(dir).domain("web", Requests.disk("vda", full, "qcow2"));
        virtkeep.run("import", "web", "--repo", repo, "--disk", "vda=" + full, "--domain-xml", xml);
        String increment = "vda=" + dir.resolve("incr.qcow2");
        virtkeep.run("import", "web", "--repo", repo, "--disk", increment, "--onto", "latest"); // keeps the XML
        String folder = dir.resolve("web").toString();
        virtkeep.run("restore", "web", "--repo", repo, "--to", folder, "--define");
        assertThat(virtkeep.run("dumpxml", "web")).contains("file='" + folder + "/vda.qcow2'");
        virtkeep.refused(
                ErrorCode.INVALID_ARG, "import", "vm", "--repo", repo, "--disk", "vda=" + full, "--domain-xml", xml);
        virtkeep.refused(
                ErrorCode.INVALID_ARG, "import", "web", "--repo", repo, "--disk", "vdx=" + full, "--domain-xml", xml);
    }

    @Test
    void refusesToImportWhatIsNoImage() throws IOException {
        Path text = Files.writeString(dir.resolve("text"), "no image");
        assertThat(virtkeep.refused(ErrorCode.OPERATION_FAILED, "import", "vm", "--repo", repo, "--disk", "vda=" + text)
                        .path("message")
                        .asText())
                .contains("cannot be read", "not in qcow2 format");
        virtkeep.refused(
                ErrorCode.DEVICE_MISSING,
                "import",
                "vm",
                "--repo",
                repo,
                "--onto",
                "latest",
                "--disk",
                "vdb=" + dir.resolve("incr.qcow2"));
    }
}
