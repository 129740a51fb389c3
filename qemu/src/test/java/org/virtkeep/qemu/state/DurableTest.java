package org.virtkeep.qemu.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Faults;

class DurableTest {
    @TempDir
    private Path dir;

    @Test
    void isInItsOwnModule() {
        assertThat(Durable.class.getModule().getName()).isEqualTo("org.virtkeep.qemu");
    }

    @Test
    void replacesAWholeFile() throws IOException {
        var durable = new Durable(FileOperations.real());
        Path file = dir.resolve("state");
        assertThat(Durable.readText(file)).isEmpty();
        durable.replace(file, "longer old content");
        durable.replace(file, "new");
        assertThat(Durable.readText(file)).contains("new");
        assertThat(dir).isDirectoryContaining(path -> path.equals(file));
        assertThat(Files.list(dir)).hasSize(1);
    }

    @Test
    void everyFailureOfAReplacementLeavesOneWholeContent() {
        int steps = Faults.everySingle(20, faults -> {
            Path file = dir.resolve("state");
            new Durable(FileOperations.real()).replace(file, "old");
            try {
                new Durable(new FaultyFiles(faults)).replace(file, "new content");
                assertThat(Durable.readText(file)).contains("new content");
            } catch (IOException e) {
                assertThat(Durable.readText(file)).get().isIn("old", "new content");
                assertThat(Files.list(dir)).containsExactly(file);
            }
        });
        assertThat(steps).isEqualTo(4); // write, force, move, force
    }

    @Test
    void everyLastingFailureOfAReplacementLeavesOneWholeContent() {
        Faults.everyPersistent(20, faults -> {
            Path file = dir.resolve("state");
            new Durable(FileOperations.real()).replace(file, "old");
            try {
                new Durable(new FaultyFiles(faults)).replace(file, "new content");
            } catch (IOException e) {
                assertThat(Durable.readText(file)).get().isIn("old", "new content");
            }
            new Durable(FileOperations.real()).replace(file, "next");
            assertThat(Files.list(dir)).containsExactly(file);
        });
    }

    @Test
    void deletesATreeWithoutFollowingLinks() throws IOException {
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Files.writeString(outside.resolve("kept"), "kept");
        Path tree = Files.createDirectories(dir.resolve("tree/a/b")).getParent().getParent();
        Files.createSymbolicLink(tree.resolve("a/link"), outside);
        var durable = new Durable(FileOperations.real());
        durable.clear(tree);
        assertThat(tree).isEmptyDirectory();
        durable.deleteTree(tree);
        durable.deleteTree(tree);
        assertThat(tree).doesNotExist();
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void namesTheFileThatIsNoJson() throws IOException {
        Path file = Files.writeString(dir.resolve("broken.json"), "{\"a\":");
        assertThatThrownBy(() -> Durable.readJson(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("broken.json");
        assertThat(Durable.readJson(dir.resolve("missing.json"))).isEqualTo(Optional.empty());
    }

    @Test
    void saysInPlainWordsWhatFailed() {
        Path file = dir.resolve("no/such/directory");
        assertThatThrownBy(() -> new Durable(FileOperations.real()).replace(file, "x"))
                .isInstanceOf(IOException.class)
                .satisfies(e -> assertThat(Durable.failure("write", file, (IOException) e))
                        .hasMessageStartingWith("cannot write '" + file + "': "));
    }
}
