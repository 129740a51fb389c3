package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The independent reader, which knows the written format only, restores what this module stored. Needs
/// `python3` and `zstd`; skips without them, unless `CI` is set.
@Tag("interop")
class ReaderIT {
    @TempDir
    Path folder;

    @BeforeEach
    void needsItsPrograms() {
        for (String program : List.of("python3", "zstd")) {
            try {
                run(program, "--version");
            } catch (IOException e) {
                assertThat(System.getenv("CI")).as("'%s' is missing", program).isNull();
                abort("'%s' is missing".formatted(program));
            }
        }
    }

    private record Outcome(int status, String output) {}

    private Outcome run(String... command) throws IOException {
        Path output = Files.createTempFile(folder, "output", "");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("%s did not end".formatted(List.of(command)));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new AssertionError(e);
        }
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    private Outcome reader(String... arguments) throws IOException {
        Path script = Path.of("src/test/reader/virtkeep_reader.py");
        Path passphrase = Files.writeString(folder.resolve("passphrase"), "correct horse\n");
        var command =
                new ArrayList<>(List.of("python3", script.toString(), "--passphrase-file", passphrase.toString()));
        command.add(folder.resolve("repository").toString());
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void restoresEveryPoint(boolean encrypted) throws IOException {
        RepositoryOptions options = encrypted ? TestRepositories.encrypted() : TestRepositories.options();
        LocalStorage storage = LocalStorage.create(folder.resolve("repository"));
        var disk = new TestDisk("vda", 270 * TestDisk.CHUNK_BYTES + 1234);
        var random = new SplittableRandom(1);
        try (var repository = Repository.create(storage, options, TestRepositories.settings())) {
            Optional<String> base = Optional.empty();
            for (int point = 0; point < 3; point++) {
                disk.write(6, random);
                base = Optional.of(
                        TestRepositories.backUp(repository, disk, base).id());
                Path restored = folder.resolve("restored");
                Outcome outcome = reader("restore", base.get(), "vda", restored.toString());
                assertThat(outcome.output()).isEmpty();
                assertThat(outcome.status()).isZero();
                assertThat(Files.mismatch(restored, Files.write(folder.resolve("expected"), disk.bytes)))
                        .isEqualTo(-1);
            }
            assertThat(reader("list").output()).contains(base.get() + " vm 3 vda=" + disk.bytes.length);
        }
    }

    @Test
    void restoresAttachments() throws IOException {
        LocalStorage storage = LocalStorage.create(folder.resolve("repository"));
        try (Repository repository = TestRepositories.create(storage);
                BackupWriter writer = repository.begin(new BackupPlan("vm", List.of(), Optional.empty()))) {
            writer.attach("domain.xml", ByteBuffer.wrap("<domain/>".getBytes(StandardCharsets.UTF_8)));
            String backup =
                    writer.commit(BackupMetadata.at(TestRepositories.START)).id();
            Path file = folder.resolve("file");
            assertThat(reader("attachment", backup, "domain.xml", file.toString())
                            .status())
                    .isZero();
            assertThat(file).hasContent("<domain/>");
        }
    }

    @Test
    void refusesDamagedData() throws IOException {
        LocalStorage storage = LocalStorage.create(folder.resolve("repository"));
        try (Repository repository = TestRepositories.create(storage)) {
            var disk = new TestDisk("vda", TestDisk.CHUNK_BYTES);
            new SplittableRandom(1).nextBytes(disk.bytes);
            String backup =
                    TestRepositories.backUp(repository, disk, Optional.empty()).id();
            var pack = repository
                    .parts()
                    .index()
                    .view()
                    .packs()
                    .keySet()
                    .iterator()
                    .next();
            Path file = folder.resolve("repository").resolve(PackDirectory.name(pack));
            byte[] bytes = Files.readAllBytes(file);
            bytes[5000] ^= 1;
            Files.write(file, bytes);
            Outcome outcome =
                    reader("restore", backup, "vda", folder.resolve("x").toString());
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.output()).contains("is damaged");
        }
    }
}
