package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Tools;

class RunLockTest {
    private static final UUID REPOSITORY = UUID.fromString("73ad06a1-8cc6-4c46-b081-13dc2f0db843");
    private static final UUID DOMAIN = UUID.randomUUID();

    @TempDir
    private Path dir;

    private RunLock acquire() throws IOException {
        return RunLock.acquire(dir.resolve("state"), REPOSITORY, DOMAIN, "vm");
    }

    @Test
    void aRecordStaysUntilItIsCleared() throws IOException {
        var record = new RunRecord("vm", Optional.of("cp"), Path.of("/tmp/x"), Instant.parse("2026-01-02T03:04:05Z"));
        try (RunLock lock = acquire()) {
            assertThat(lock.record()).isEmpty();
            lock.write(record);
        }
        try (RunLock lock = acquire()) {
            assertThat(lock.record()).contains(record);
            lock.clear();
            assertThat(lock.record()).isEmpty();
            lock.clear();
        }
    }

    @Test
    void oneHoldsItAtATime() throws IOException {
        try (RunLock _ = acquire()) {
            assertThatThrownBy(this::acquire)
                    .isInstanceOf(VirtException.class)
                    .hasMessageContaining("another backup of domain 'vm'");
            RunLock.acquire(dir.resolve("state"), REPOSITORY, UUID.randomUUID(), "other")
                    .close();
        }
        acquire().close();
    }

    /// Asked of another process, because a process never excludes itself: closing a descriptor of the file would free
    /// the lock of the first run.
    @Test
    void aSecondRunOfTheSameProcessDoesNotFreeTheLock() throws IOException, InterruptedException {
        Tools.require("python3");
        try (RunLock _ = acquire()) {
            assertThatThrownBy(this::acquire).isInstanceOf(VirtException.class);
            assertThat(isLocked()).isTrue();
        }
        assertThat(isLocked()).isFalse();
    }

    private boolean isLocked() throws IOException, InterruptedException {
        Path file = dir.resolve("state").resolve(DOMAIN + "-" + REPOSITORY + ".lock");
        String tries = "import fcntl,sys; fcntl.lockf(open(sys.argv[1],'w'), fcntl.LOCK_EX|fcntl.LOCK_NB)";
        return new ProcessBuilder("python3", "-c", tries, file.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                != 0;
    }

    @Test
    void aRecordThatIsNoneIsNotTakenForNothing() throws IOException {
        Path file = dir.resolve("state").resolve(DOMAIN + "-" + REPOSITORY + ".run");
        acquire().close();
        Files.writeString(file, "domain=vm\n");
        try (RunLock lock = acquire()) {
            assertThatThrownBy(lock::record)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("'sockets' is missing");
        }
    }

    @Test
    void ownCheckpointsAreKnownByTheirNames() {
        var names = new CheckpointNames(REPOSITORY);
        String name = names.next(Instant.parse("2026-01-02T03:04:05Z"));
        assertThat(name).startsWith("virtkeep-73ad06a1-20260102T030405Z-");
        assertThat(names.owns(name)).isTrue();
        assertThat(names.owns("virtkeep-73ad06a1-mine")).isFalse();
        assertThat(names.owns("monday")).isFalse();
        assertThat(new CheckpointNames(UUID.randomUUID()).owns(name)).isFalse();
    }
}
