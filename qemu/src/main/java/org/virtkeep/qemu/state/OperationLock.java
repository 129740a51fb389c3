package org.virtkeep.qemu.state;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Excludes other operations on the same object, in this process and in others, until closed. The kernel
/// frees it when its process dies. Not reentrant. May be closed by another thread than the one that acquired
/// it.
///
/// A POSIX record lock belongs to the process and is dropped when the process closes *any* descriptor of the
/// file. Therefore only the holder of the in-process gate ever opens a lock file, nobody else may, and lock
/// files are never deleted (a waiter could otherwise hold a lock on a file that has no name any more).
public final class OperationLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationLock.class);
    private static final Map<Path, Gate> GATES = new ConcurrentHashMap<>();
    private static final int MAX_HOLDER_BYTES = 4096;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(25);

    private final Gate gate;
    private final FileChannel channel;
    private final FileLock lock;
    private final AtomicBoolean closed = new AtomicBoolean();

    private OperationLock(Gate gate, FileChannel channel, FileLock lock) {
        this.gate = gate;
        this.channel = channel;
        this.lock = lock;
    }

    /// Waits for the lock.
    ///
    /// @param subject whose lock it is, for the error: `domain 'vm1'`
    /// @param file    the lock file; created if missing, its directory must exist
    /// @param what    what the lock is wanted for, such as `backup-begin`; shown to those who wait for us
    /// @throws VirtException OPERATION_TIMEOUT naming the holder and what it does when `deadline` passes;
    ///     SYSTEM_ERROR if the file cannot be opened or locked
    public static OperationLock acquire(String subject, Path file, String what, Deadline deadline) {
        return new Attempt(subject, file, what, deadline, true).orElseThrow();
    }

    /// As [#acquire], for a lock that is only ever held for a moment: nobody will want to know by
    /// whom, and to write it down would take longer than what the lock is for.
    static OperationLock acquireBriefly(String subject, Path file, String what, Deadline deadline) {
        return new Attempt(subject, file, what, deadline, false).orElseThrow();
    }

    /// Takes the lock if it becomes free before `deadline`.
    ///
    /// @throws VirtException SYSTEM_ERROR if the file cannot be opened or locked
    public static Optional<OperationLock> tryAcquire(String subject, Path file, String what, Deadline deadline) {
        return new Attempt(subject, file, what, deadline, true).orElseEmpty();
    }

    /// Frees the lock. Idempotent.
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try (channel) {
            lock.release();
        } catch (IOException e) {
            throw VirtException.qemu(ErrorCode.SYSTEM_ERROR, "cannot release a lock: " + e.getMessage(), e);
        } finally {
            gate.leave();
        }
    }

    /// Who holds a lock.
    private record Holder(long pid, String what, Instant since) {
        /// Not by way of a tree: every change of a domain writes some.
        byte[] toBytes() {
            var quoted = new StringBuilder();
            JsonStringEncoder.getInstance().quoteAsString(what, quoted);
            String json = "{\"pid\":" + pid + ",\"what\":\"" + quoted + "\",\"since\":\"" + since + "\"}";
            return json.getBytes(StandardCharsets.UTF_8);
        }

        /// Empty while the holder has not written itself down yet.
        static Optional<Holder> read(FileChannel channel) throws IOException {
            var bytes = ByteBuffer.allocate(MAX_HOLDER_BYTES);
            int length = channel.read(bytes, 0);
            if (length <= 0) {
                return Optional.empty();
            }
            try {
                JsonNode node = Json.parse("lock", java.util.Arrays.copyOf(bytes.array(), length));
                return Optional.of(
                        new Holder(Json.number(node, "pid"), Json.text(node, "what"), Json.instant(node, "since")));
            } catch (IOException _) {
                return Optional.empty(); // half written
            }
        }

        String describe() {
            long seconds = Math.max(0, Duration.between(since, Instant.now()).toSeconds());
            return "process %d holds it for '%s' since %s (%d s)".formatted(pid, what, since, seconds);
        }
    }

    /// The in-process half of one lock file.
    private static final class Gate {
        private final Semaphore semaphore = new Semaphore(1, true);
        private volatile Optional<Holder> holder = Optional.empty();

        boolean enter(Duration limit) {
            try {
                return semaphore.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }

        void leave() {
            holder = Optional.empty();
            semaphore.release();
        }
    }

    private static VirtException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return VirtException.qemu(ErrorCode.OPERATION_ABORTED, "interrupted while waiting for a lock", cause);
    }

    /// One try to get a lock, with what its errors need.
    private static final class Attempt {
        private final String subject;
        private final Path file;
        private final Holder self;
        private final Deadline deadline;
        private final boolean signs;
        private Optional<Holder> seen = Optional.empty();

        /// @param signs true if who holds the lock is in its file
        Attempt(String subject, Path file, String what, Deadline deadline, boolean signs) {
            this.subject = subject;
            this.file = file;
            this.self = new Holder(
                    ProcessHandle.current().pid(), what, Instant.now().truncatedTo(ChronoUnit.MILLIS));
            this.deadline = deadline;
            this.signs = signs;
        }

        OperationLock orElseThrow() {
            return orElseEmpty()
                    .orElseThrow(() -> VirtException.qemu(
                            ErrorCode.OPERATION_TIMEOUT,
                            "%s is busy: %s; '%s' gave up after %d s"
                                    .formatted(
                                            subject,
                                            seen.map(Holder::describe).orElse("another process holds its lock"),
                                            self.what,
                                            deadline.limit().toSeconds())));
        }

        Optional<OperationLock> orElseEmpty() {
            Gate gate = GATES.computeIfAbsent(canonical(), _ -> new Gate());
            if (!gate.enter(deadline.remaining())) {
                seen = gate.holder;
                return Optional.empty();
            }
            Optional<OperationLock> acquired = Optional.empty();
            try {
                acquired = lockFile(gate);
                return acquired;
            } catch (IOException e) {
                throw Durable.failure("lock", file, e);
            } finally {
                if (acquired.isEmpty()) {
                    gate.leave();
                }
            }
        }

        private Path canonical() {
            try {
                return file.getParent().toRealPath().resolve(file.getFileName());
            } catch (IOException e) {
                throw Durable.failure("lock", file, e);
            }
        }

        private Optional<OperationLock> lockFile(Gate gate) throws IOException {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Optional<FileLock> lock = Optional.empty();
            try {
                lock = pollLock(channel);
                if (lock.isEmpty()) {
                    seen = signs ? Holder.read(channel) : Optional.empty();
                    return Optional.empty();
                }
                gate.holder = Optional.of(self);
                if (signs) {
                    signIn(channel);
                }
                return Optional.of(new OperationLock(gate, channel, lock.get()));
            } finally {
                if (lock.isEmpty()) {
                    channel.close();
                }
            }
        }

        private Optional<FileLock> pollLock(FileChannel channel) throws IOException {
            Duration pause = FIRST_PAUSE;
            while (true) {
                Optional<FileLock> lock = tryLock(channel);
                if (lock.isPresent() || deadline.hasPassed()) {
                    return lock;
                }
                Duration rest = deadline.remaining();
                sleep(pause.compareTo(rest) < 0 ? pause : rest);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }

        private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
            try {
                return Optional.ofNullable(channel.tryLock());
            } catch (OverlappingFileLockException _) {
                return Optional.empty(); // the same file by another name, in this process
            }
        }

        /// Over what the last holder wrote, for to empty a file and to fill it takes longer than
        /// all else here. Best effort: without it a waiter cannot name us, but the lock holds all
        /// the same.
        private void signIn(FileChannel channel) {
            try {
                byte[] signature = self.toBytes();
                channel.write(ByteBuffer.wrap(signature), 0);
                channel.truncate(signature.length);
            } catch (IOException e) {
                LOG.debug("lock holder not written file={}", file, e);
            }
        }

        private static void sleep(Duration pause) {
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }
}
