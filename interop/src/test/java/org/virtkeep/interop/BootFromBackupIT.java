package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// A machine whose only disk is a backup: its firmware loads the guest from it, and the guest, which is one
/// sector of machine code (`boots.s`), counts its boots on it.
@Tag("interop")
class BootFromBackupIT {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    private Path dir;

    private Virtkeep virtkeep;
    private String repo;
    private Path original;

    @BeforeEach
    void storesABootableDisk() throws IOException {
        Tools.require("qemu-system-x86_64", "qemu-img", "qemu-nbd", "as", "ld");
        virtkeep = Virtkeep.on(dir.resolve("root"));
        repo = dir.resolve("repo").toString();
        original = Images.raw(dir.resolve("original"), "32M");
        Files.write(original, bootSector(), StandardOpenOption.WRITE);
        virtkeep.run("repo", "init", repo);
        virtkeep.run("import", "vm", "--repo", repo, "--format", "raw", "--disk", "vda=" + original);
    }

    private byte[] bootSector() throws IOException {
        Path source = dir.resolve("boots.s");
        try (var stream = BootFromBackupIT.class.getResourceAsStream("/boots.s")) {
            Files.write(source, stream.readAllBytes());
        }
        String object = dir.resolve("boots.o").toString();
        Path sector = dir.resolve("boots");
        Tool.run("as", "--32", "-o", object, source.toString());
        String output = "--oformat=binary";
        Tool.run("ld", "-m", "elf_i386", "-Ttext=0x7c00", "-e", "_start", output, "-o", sector.toString(), object);
        return Files.readAllBytes(sector);
    }

    private ChildProcess serve() {
        ChildProcess server =
                virtkeep.start("serve", "vm", "--repo", repo, "--socket", socket(), "--writable", overlay());
        server.awaitLine(0, LIMIT, line -> line.contains("nbd+unix:///vda?socket="));
        return server;
    }

    private String overlay() {
        return dir.resolve("overlay").toString();
    }

    private String socket() {
        return dir.resolve("s").toString();
    }

    /// Boots, waits for what the guest has to say, and pulls the plug.
    private String boot() {
        String drive = "file=nbd+unix:///vda?socket=" + socket() + ",format=raw,if=virtio,cache=writethrough";
        try (var machine = ChildProcess.start(
                "qemu",
                List.of(
                        "qemu-system-x86_64",
                        "-nodefaults",
                        "-machine",
                        "pc,accel=tcg",
                        "-m",
                        "32",
                        "-display",
                        "none",
                        "-serial",
                        "stdio",
                        "-drive",
                        drive))) {
            String said = machine.awaitLine(0, LIMIT, line -> line.startsWith("boots") || line.contains("cannot"));
            machine.kill();
            return said;
        }
    }

    @Test
    void aGuestBootsFromABackupAndItsWritesSurviveAKilledServer() throws IOException {
        try (ChildProcess server = serve()) {
            assertThat(boot()).isEqualTo("boots: 1");
            assertThat(boot()).isEqualTo("boots: 2");
            String folder = dir.resolve("restored").toString();
            virtkeep.run("restore", "vm", "--repo", repo, "--to", folder, "--format", "raw"); // meanwhile
            assertThat(Files.mismatch(original, dir.resolve("restored/vda.raw")))
                    .isEqualTo(-1);
            server.kill();
        }
        try (ChildProcess _ = serve()) {
            assertThat(boot()).isEqualTo("boots: 3");
        }
        Files.delete(Path.of(overlay())); // forgets the guest's writes
        try (ChildProcess _ = serve()) {
            assertThat(boot()).isEqualTo("boots: 1");
        }
    }
}
