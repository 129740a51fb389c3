package org.virtkeep.qemu.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qemu.watch.FolderStates;

class KnownRecordsTest {
    @TempDir
    Path dir;

    private final AtomicInteger readings = new AtomicInteger();
    private Root root;
    private DomainFolder folder;

    @BeforeEach
    void makeRoot() {
        root = Root.open(dir.resolve("root"));
        folder = root.folder("vm");
        folder.create(UUID.randomUUID());
    }

    private int ask(KnownRecords<Integer> known, DomainFolder which) {
        return known.of(which, readings::incrementAndGet);
    }

    /// As if they had been changed long ago: what has just changed is not relied on.
    private void age(DomainFolder which) throws IOException {
        var old = FileTime.from(Instant.now().minusSeconds(60));
        for (Path each :
                List.of(which.path(), which.jobs(), which.checkpoints(), which.snapshots(), which.blockJobs())) {
            Files.setLastModifiedTime(each, old);
        }
    }

    @Test
    void whatHasNotChangedIsReadOnce() throws IOException {
        var known = new KnownRecords<Integer>(FolderStates.polled(root), _ -> true);
        age(folder);
        assertThat(ask(known, folder)).isEqualTo(1);
        assertThat(ask(known, folder)).isEqualTo(1);
        Files.writeString(folder.checkpoints().resolve("one.xml"), "new");
        assertThat(ask(known, folder)).isEqualTo(2);
    }

    @Test
    void aChangeWhileItIsReadIsNotMissed() throws IOException {
        var known = new KnownRecords<Integer>(FolderStates.polled(root), _ -> true);
        age(folder);
        int first = known.of(folder, () -> {
            write("one.xml");
            return readings.incrementAndGet();
        });
        assertThat(first).isEqualTo(1);
        assertThat(ask(known, folder)).isEqualTo(2);
    }

    @Test
    void whatIsTooLargeIsReadEachTime() throws IOException {
        var known = new KnownRecords<Integer>(FolderStates.polled(root), value -> value > 2);
        age(folder);
        assertThat(List.of(ask(known, folder), ask(known, folder), ask(known, folder), ask(known, folder)))
                .containsExactly(1, 2, 3, 3);
    }

    @Test
    void anotherDomainOfTheSameNameHasItsOwnRecords() throws IOException {
        var known = new KnownRecords<Integer>(FolderStates.polled(root), _ -> true);
        age(folder);
        assertThat(ask(known, folder)).isEqualTo(1);
        folder.delete();
        assertThat(ask(known, folder)).isEqualTo(2);
        folder.create(UUID.randomUUID());
        assertThat(ask(known, folder)).isEqualTo(3);
    }

    private void write(String name) {
        try {
            Files.writeString(folder.checkpoints().resolve(name), "new");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
