package org.virtkeep.qemu.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.JavaChild;

class OperationLockTest {
    private static final long AMPLE_MILLIS = 60_000;

    @TempDir
    private Path dir;

    private OperationLock acquire(String what, long limitMillis) {
        return OperationLock.acquire("domain 'vm'", dir.resolve("lock"), what, Deadline.inMillis(limitMillis));
    }

    private Optional<OperationLock> tryAcquire(Path file) {
        return OperationLock.tryAcquire("domain 'vm'", file, "try", Deadline.inMillis(0));
    }

    @Test
    void isFreeAgainAfterClose() {
        acquire("one", 0).close();
        try (var _ = acquire("two", 0)) {
            assertThat(tryAcquire(dir.resolve("lock"))).isEmpty();
        }
    }

    @Test
    void closingTwiceFreesItOnce() {
        OperationLock first = acquire("one", 0);
        first.close();
        try (var _ = acquire("two", 0)) {
            first.close();
            assertThat(tryAcquire(dir.resolve("lock"))).isEmpty();
        }
    }

    @Test
    void theErrorSaysWhoHoldsItAndWhatFor() {
        try (var _ = acquire("backup-begin", 0)) {
            assertThatThrownBy(() -> acquire("destroy", 20))
                    .hasMessageContaining("domain 'vm' is busy")
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("'backup-begin' since ")
                    .hasMessageContaining("'destroy' gave up")
                    .extracting(e -> ((VirtException) e).code())
                    .isEqualTo(ErrorCode.OPERATION_TIMEOUT);
        }
    }

    @Test
    void anotherNameOfTheDirectoryIsTheSameLock() throws IOException {
        Path link = java.nio.file.Files.createSymbolicLink(dir.resolve("link"), dir);
        try (var _ = acquire("one", 0)) {
            assertThat(tryAcquire(link.resolve("lock"))).isEmpty();
        }
    }

    @Test
    void whoHoldsItIsWrittenOverWhoHeldIt() throws IOException {
        for (String what : List.of("a long operation on domain 'vm'", "define \"a\\b\"", "end")) {
            try (var _ = acquire(what, 0)) {
                byte[] content = java.nio.file.Files.readAllBytes(dir.resolve("lock"));
                assertThat(Json.text(Json.parse("lock", content), "what")).isEqualTo(what);
            }
        }
    }

    @Test
    void letsOneThreadInAtATime() throws InterruptedException {
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var threads = IntStream.range(0, 8)
                .mapToObj(i -> Thread.ofVirtual().name("locker-" + i).start(() -> {
                    for (int round = 0; round < 20; round++) {
                        try (var _ = acquire("count", AMPLE_MILLIS)) {
                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                            Thread.yield();
                            inside.decrementAndGet();
                        }
                    }
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most).hasValue(1);
        assertThat(inside).hasValue(0);
    }

    @Test
    void excludesOtherProcessesUntilTheyAreKilled() {
        try (var child = JavaChild.start(Holder.class, dir.resolve("lock").toString())) {
            assertThat(child.awaitLine()).isEqualTo("locked");
            assertThatThrownBy(() -> acquire("destroy", 20))
                    .hasMessageContaining("process " + child.pid() + " holds it for 'hold'");
            child.kill();
            acquire("destroy", AMPLE_MILLIS).close();
        }
    }

    @Test
    void aWaitingProcessGetsItWhenItIsFreed() {
        try (var child = JavaChild.start(Holder.class, dir.resolve("lock").toString())) {
            try (var _ = acquire("one", 0)) {
                assertThat(child.pid()).isPositive();
            }
            assertThat(child.awaitLine()).isEqualTo("locked");
        }
    }

    /// Holds a lock for ever.
    static final class Holder {
        public static void main(String[] arguments) throws InterruptedException {
            try (var _ = OperationLock.acquire("x", Path.of(arguments[0]), "hold", Deadline.inMillis(AMPLE_MILLIS))) {
                System.out.println("locked");
                Thread.sleep(java.time.Duration.ofDays(1));
            }
        }
    }
}
