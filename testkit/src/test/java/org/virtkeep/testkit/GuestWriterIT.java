package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The guest's own writer, compiled for the host, against the judge.
@Tag("interop")
class GuestWriterIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String SIZE = "8M";

    @TempDir
    static Path programs;

    @TempDir
    Path directory;

    private Path a;
    private Path b;

    @BeforeAll
    static void compile() {
        Tools.require("gcc");
        var command = new ArrayList<>(List.of("gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread"));
        command.addAll(List.of("-o", programs.resolve("writer").toString()));
        for (String source : List.of("writer.c", "sequence.c", "stalls.c")) {
            command.add(Guest.sources().resolve(source).toString());
        }
        Tool.run(command);
    }

    @BeforeEach
    void makeDisks() {
        a = Images.raw(directory.resolve("a"), SIZE);
        b = Images.raw(directory.resolve("b"), SIZE);
    }

    @Test
    void writesTheBytesThatTheHostsWriterWrites() throws Exception {
        run("--run=9", "--seed=4", "--max=64K", "--zero=100", "--count=500");
        Path c = Images.raw(directory.resolve("c"), SIZE);
        Path d = Images.raw(directory.resolve("d"), SIZE);
        var geometry = new Geometry(9, 4, (8 << 20) / 4096, 2, 16, 100, 0);
        SequenceWriter.fresh(geometry, WriterDisk.of(c), WriterDisk.of(d)).writeTo(500);
        assertThat(Files.mismatch(a, c)).isEqualTo(-1);
        assertThat(Files.mismatch(b, d)).isEqualTo(-1);
    }

    @Test
    void goesOnWithItsRunAfterEveryKill() {
        long last = 0;
        for (int round = 0; round < 6; round++) {
            try (var writer = start("--discard=100", "--zero=100")) {
                writer.awaitLine(0, LIMIT, line -> line.startsWith("VIRTKEEP-GUEST ready"));
                long wanted = last + 40;
                writer.awaitLine(
                        0,
                        LIMIT,
                        line -> GuestReport.of(line)
                                .filter(report -> report.sequence() >= wanted)
                                .isPresent());
                writer.kill();
            }
            long now = Judge.requireRight(a, b);
            assertThat(now).isGreaterThanOrEqualTo(last + 40);
            last = now;
        }
    }

    @Test
    void pausesAndGoesOnWhenTold() {
        try (var writer = start("--rate=100", "--burst=10")) {
            writer.awaitLine(0, LIMIT, line -> line.startsWith("VIRTKEEP-GUEST ready"));
            writer.send("pause");
            String paused = writer.awaitLine(0, LIMIT, line -> line.startsWith("VIRTKEEP-GUEST paused seq="));
            assertThat(paused).endsWith("seq=" + Judge.requireRight(a, b));
            writer.send("continue");
            writer.awaitLine(0, LIMIT, line -> line.equals("VIRTKEEP-GUEST continued"));
            writer.terminate();
            assertThat(writer.awaitExit(LIMIT)).isZero();
        }
        assertThat(Judge.judge(a, b).isRight()).isTrue();
    }

    @Test
    void refusesToResumeWhatHoldsNoRun() {
        var command = command("--start=resume");
        Tool.Result result = Tool.attempt(command);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.output()).isEqualTo("VIRTKEEP-GUEST failed the disks hold no run that could be resumed");
    }

    @Test
    void refusesDisksInAnotherOrder() {
        run("--count=10");
        Path first = a;
        a = b;
        b = first;
        assertThat(Tool.attempt(command("--count=20")).output())
                .contains("is disk 1 of its run but was given as disk 0");
    }

    private void run(String... options) {
        Tool.run(command(options));
    }

    private ChildProcess start(String... options) {
        return ChildProcess.start("writer", command(options));
    }

    private List<String> command(String... options) {
        var command = new ArrayList<>(List.of(programs.resolve("writer").toString(), "--report-ms=10"));
        command.addAll(Arrays.asList(options));
        command.addAll(List.of(a.toString(), b.toString()));
        return command;
    }
}
