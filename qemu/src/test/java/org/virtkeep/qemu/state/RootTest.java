package org.virtkeep.qemu.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Faults;

class RootTest {
    @TempDir
    private Path dir;

    @Test
    void makesANewRootForItsOwnerAlone() throws IOException {
        Path at = dir.resolve("some/where");
        Root root = Root.open(at);
        assertThat(root.tag()).matches("[0-9a-f]{4}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(at)))
                .isEqualTo("rwx------");
        assertThat(Root.open(at).tag()).isEqualTo(root.tag());
        assertThat(root.domainNames()).isEmpty();
    }

    @Test
    void refusesARootOfANewerVersion() throws IOException {
        Root.open(dir);
        Files.writeString(dir.resolve("root.json"), "{\"format\":2,\"tag\":\"0000\"}");
        assertThatThrownBy(() -> Root.open(dir))
                .hasMessageContaining("format 2")
                .extracting(e -> ((VirtException) e).code())
                .isEqualTo(ErrorCode.CONFIG_UNSUPPORTED);
    }

    @Test
    void refusesADirectoryThatHoldsSomethingElse() throws IOException {
        Files.writeString(dir.resolve("letters.txt"), "mine");
        assertThatThrownBy(() -> Root.open(dir))
                .hasMessageContaining("letters.txt")
                .extracting(e -> ((VirtException) e).code())
                .isEqualTo(ErrorCode.INVALID_ARG);
        assertThat(Files.list(dir)).hasSize(1);
    }

    @Test
    void aFailureWhileMakingARootCanBeMadeGood() {
        int[] attempt = {0};
        Faults.everyPersistent(50, faults -> {
            Path at = dir.resolve("root" + attempt[0]++);
            try {
                Root.open(at, new FaultyFiles(faults));
            } catch (VirtException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
            }
            assertThat(Root.open(at).domainNames()).isEmpty();
        });
    }

    @Test
    void manyWhoOpenANewRootAgreeOnItsTag() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var opened = IntStream.range(0, 8)
                    .mapToObj(_ -> threads.submit(() -> Root.open(dir.resolve("root"))))
                    .toList();
            var tags = new java.util.HashSet<String>();
            for (var root : opened) {
                tags.add(root.get().tag());
            }
            assertThat(tags).hasSize(1);
        }
    }

    @Test
    void numbersRunsUpwards() {
        Root root = Root.open(dir);
        assertThat(root.nextRunId()).isEqualTo(1);
        assertThat(root.nextRunId()).isEqualTo(2);
        assertThat(Root.open(dir).nextRunId()).isEqualTo(3);
    }

    @Test
    void listsOnlyDomainsThatAreKnown() throws IOException {
        Root root = Root.open(dir);
        root.folder("left").create(UUID.randomUUID());
        root.folder("defined").create(UUID.randomUUID());
        root.folder("defined").writeDefinition("<domain/>");
        Files.writeString(dir.resolve("domains/file"), "");
        assertThat(root.domainNames()).containsExactly("defined");
        root.folder("defined").delete();
        assertThat(root.domainNames()).isEmpty();
        assertThat(root.folder("defined").path()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".hidden", "a/b", "line\nbreak", "nul\0"})
    void refusesNamesThatAreNoFileNames(String name) {
        assertThatThrownBy(() -> Root.open(dir).folder(name))
                .isInstanceOf(VirtException.class)
                .extracting(e -> ((VirtException) e).code())
                .isEqualTo(ErrorCode.XML_ERROR);
    }

    @Test
    void refusesANameThatIsTooLong() {
        assertThatThrownBy(() -> Root.open(dir).folder("n".repeat(201)))
                .hasMessageContaining("201 bytes")
                .hasMessageContaining("200");
    }

    @Test
    void takesNamesWithBlanksAndCommas() {
        assertThat(Root.open(dir).folder("web server, old").name()).isEqualTo("web server, old");
    }

    @Test
    void saysHowMuchTooLongASocketsPathIs() {
        Root root = Root.open(dir);
        DomainFolder folder = root.folder("n".repeat(120));
        int excess = folder.run().resolve("qmp0.sock").toString().length() - 107;
        assertThatThrownBy(() -> folder.socket("qmp0.sock"))
                .hasMessageContaining(excess + " bytes longer than the 107")
                .hasMessageContaining("shorter root directory")
                .extracting(e -> ((VirtException) e).code())
                .isEqualTo(ErrorCode.CONFIG_UNSUPPORTED);
        assertThat(root.folder("n").socket("qmp0.sock")).isAbsolute();
    }

    @Test
    void keepsWhatADomainLeftOnlyForTheSameDomain() throws IOException {
        DomainFolder folder = Root.open(dir).folder("vm");
        UUID first = UUID.randomUUID();
        folder.create(first);
        Files.writeString(folder.checkpoints().resolve("c1"), "");
        folder.create(first);
        assertThat(folder.checkpoints().resolve("c1")).exists();
        folder.create(UUID.randomUUID());
        assertThat(folder.checkpoints().resolve("c1")).doesNotExist();
    }
}
