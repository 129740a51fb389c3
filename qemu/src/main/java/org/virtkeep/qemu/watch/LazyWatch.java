package org.virtkeep.qemu.watch;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

/// Has the kernel watch directories from the first question on that comes later than a second after the start: to learn
/// how to talk to it takes a while and memory, which who has just started does not have, and who is asked nothing need
/// not spend. The thread that learns it is not waited for. Thread-safe.
final class LazyWatch implements FolderStates {
    private static final Duration REST = Duration.ofSeconds(1);

    private final Root root;
    private final FolderStates polled;
    private final Deadline rest = Deadline.in(REST);
    private final ReentrantLock lock = new ReentrantLock();

    private volatile FolderStates present;

    // Guarded by lock.
    private boolean started;
    private boolean closed;

    LazyWatch(Root root) {
        this.root = root;
        this.polled = FolderStates.polled(root);
        this.present = polled;
    }

    @Override
    public Optional<FolderState> ofNames() {
        return present().ofNames();
    }

    @Override
    public Optional<FolderState> ofDomain(DomainFolder folder) {
        return present().ofDomain(folder);
    }

    @Override
    public Optional<FolderState> ofRecords(DomainFolder folder) {
        return present().ofRecords(folder);
    }

    @Override
    public Optional<FolderState> ofAll(DomainFolder folder) {
        return present().ofAll(folder);
    }

    @Override
    public Optional<FolderState> ofEverything() {
        return present().ofEverything();
    }

    private FolderStates present() {
        FolderStates now = present;
        if (now == polled && rest.hasPassed()) {
            start();
        }
        return now;
    }

    private void start() {
        lock.lock();
        try {
            if (!started && !closed) {
                started = true;
                Thread.ofPlatform().daemon().name("watch-start").start(this::watch);
            }
        } finally {
            lock.unlock();
        }
    }

    private void watch() {
        WatchedFolders watched = WatchedFolders.of(root);
        lock.lock();
        try {
            if (closed) {
                watched.close();
            } else {
                present = watched;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            present.close();
        } finally {
            lock.unlock();
        }
    }
}
