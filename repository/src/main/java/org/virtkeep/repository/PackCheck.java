package org.virtkeep.repository;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// Checks packs with the repository's decoders, some at a time. Confined to one thread.
final class PackCheck implements AutoCloseable {
    private final RepositoryParts parts;
    private final Findings findings;
    private final Task task;
    private volatile boolean closed;
    private final Deque<Future<PackVerifier.Result>> running = new ArrayDeque<>();

    /// @param task is in a stage that counts bytes read, or if none are, packs
    PackCheck(RepositoryParts parts, Findings findings, Task task) {
        this.parts = parts;
        this.findings = findings;
        this.task = task;
    }

    /// @param whole whether to read every byte, or the directory only
    void submit(ContentHash pack, boolean whole) throws IOException {
        if (whole) {
            findings.packsRead.add(pack);
        }
        running.add(parts.decoders().submit(() -> check(pack, whole)));
        if (running.size() >= 2 * parts.settings().decoders()) {
            collect(running.poll());
        }
    }

    /// Waits for all that were submitted.
    void finish() throws IOException {
        while (!running.isEmpty()) {
            collect(running.poll());
        }
    }

    private PackVerifier.Result check(ContentHash pack, boolean whole) throws IOException {
        if (closed) {
            return new PackVerifier.Result(pack, 0, List.of());
        }
        if (whole) {
            return new PackVerifier(parts).verify(pack);
        }
        PackDirectory.read(parts.storage(), pack, parts.config().id());
        return new PackVerifier.Result(pack, 0, List.of());
    }

    private void collect(Future<PackVerifier.Result> ended) throws IOException {
        try {
            PackVerifier.Result result = ended.get();
            findings.bytesRead += result.sizeBytes();
            for (PackVerifier.Fault fault : result.bad()) {
                findings.problems.add(fault.message());
                findings.bad.add(Damage.BadCopy.of(fault.entry()));
            }
            count(result.sizeBytes());
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RepositoryException.Missing _ -> findings.garbage.add("a pack was pruned during the check");
                case RepositoryException.Corrupt corrupt -> findings.problems.add(corrupt.getMessage());
                case IOException io -> throw io;
                default -> throw new IllegalStateException("a pack could not be verified", e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the check was interrupted");
        }
    }

    private void count(long bytes) throws RepositoryException.Cancelled {
        task.add(task.progress().inBytes() ? bytes : 1);
    }

    /// Waits for those that are being read: what they work with ends with the repository. Their results are dropped.
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (!running.isEmpty()) {
            try {
                running.peek().get();
                running.remove();
            } catch (ExecutionException _) {
                running.remove();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
