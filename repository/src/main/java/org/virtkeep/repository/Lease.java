package org.virtkeep.repository;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A session's word that it lives. Made durable before the session looks at what it may rely on; renewed
/// by a thread of its own; given back by [#close]. Thread-safe.
///
/// A lease that was broken by a prune stays lost: each heartbeat is a new object, and is good only if the
/// one before it was still there.
final class Lease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
    private final Storage storage;
    private final UUID repository;
    private final InstantSource clock;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private LeaseRecord current;
    private boolean lost;
    private boolean closed;

    private Lease(Storage storage, UUID repository, InstantSource clock, LeaseRecord first) {
        this.storage = storage;
        this.repository = repository;
        this.clock = clock;
        this.current = first;
    }

    /// Takes a lease: when this returns, it is durable and visible to all.
    static Lease take(Storage storage, UUID repository, RepositorySettings settings, LeaseRecord.Purpose purpose)
            throws IOException {
        Instant now = settings.clock().instant();
        String session = UUID.randomUUID().toString();
        var lease = new Lease(
                storage,
                repository,
                settings.clock(),
                new LeaseRecord(session, 0, purpose, LeaseOwner.current(), now, now));
        lease.put(lease.current);
        long millis = settings.heartbeat().toMillis();
        Thread.ofPlatform()
                .name("repository-lease-" + session.substring(0, 8))
                .daemon()
                .start(() -> lease.renewUntilEnd(millis));
        return lease;
    }

    private void put(LeaseRecord beat) throws IOException {
        storage.putIfAbsent(beat.name(), Envelope.wrap(Envelope.Type.LEASE, repository, beat.body()));
    }

    private void renewUntilEnd(long millis) {
        try {
            while (!ended.await(millis, TimeUnit.MILLISECONDS)) {
                renewOrWait();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// A heartbeat that fails is tried again at the next turn; if all fail, the lease expires, and
    /// [#check] tells.
    private void renewOrWait() {
        try {
            renew();
        } catch (IOException e) {
            LOG.warn("lease not renewed session={} cause={}", session(), e.getMessage());
        }
    }

    /// Puts the next heartbeat.
    void renew() throws IOException {
        lock.lock();
        try {
            if (lost || closed) {
                return;
            }
            LeaseRecord before = current;
            LeaseRecord next = before.next(clock.instant());
            put(next);
            current = next;
            lost = storage.size(before.name()).isEmpty();
            storage.delete(List.of(before.name()));
        } finally {
            lock.unlock();
        }
    }

    String session() {
        lock.lock();
        try {
            return current.session();
        } finally {
            lock.unlock();
        }
    }

    /// Whether the lease held until now. If a manifest was durable before this call, and the answer is
    /// yes, then every prune that could not see the lease will see the manifest.
    boolean isHeld() throws IOException {
        lock.lock();
        try {
            boolean there = storage.size(current.name()).isPresent()
                    && storage.size(LeaseRecord.brokenName(current.session())).isEmpty();
            lost |= !there;
            return !lost;
        } finally {
            lock.unlock();
        }
    }

    /// @throws RepositoryException.LeaseLost if the lease was broken
    void check() throws IOException {
        if (!isHeld()) {
            throw new RepositoryException.LeaseLost(
                    "a prune took this session for dead (no sign of life for too long); begin again");
        }
    }

    /// Ends the heartbeats as the death of the process would: the lease stays until it expires.
    void abandon() {
        ended.countDown();
    }

    /// Gives the lease back. Idempotent. If it fails, the lease expires by itself.
    @Override
    public void close() throws IOException {
        ended.countDown();
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                storage.delete(List.of(current.name()));
            }
        } finally {
            lock.unlock();
        }
    }
}
