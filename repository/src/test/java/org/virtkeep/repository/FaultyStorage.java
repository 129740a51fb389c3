package org.virtkeep.repository;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/// Fails the n-th call, and if `persistent` every later one too. Thread-safe.
final class FaultyStorage extends FilterStorage {
    private final int failAt;
    private final boolean persistent;
    private final AtomicInteger calls = new AtomicInteger();

    FaultyStorage(Storage real, int failAt, boolean persistent) {
        super(real);
        this.failAt = failAt;
        this.persistent = persistent;
    }

    boolean fired() {
        return calls.get() >= failAt;
    }

    @Override
    void before(String operation, String name) throws IOException {
        int call = calls.incrementAndGet();
        if (call == failAt || persistent && call > failAt) {
            throw new IOException("injected fault at call %d: %s %s".formatted(call, operation, name));
        }
    }
}
