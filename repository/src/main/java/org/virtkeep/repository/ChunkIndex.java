package org.virtkeep.repository;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/// The newest [IndexView] this process has seen. Thread-safe.
final class ChunkIndex {
    private final IndexLoader loader;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile IndexView view = IndexView.empty();
    private volatile boolean loaded;

    ChunkIndex(IndexLoader loader) {
        this.loader = loader;
    }

    /// The view that was read last; reads it if none was.
    IndexView view() throws IOException {
        return loaded ? view : refresh(view);
    }

    /// Reads the index again, unless another thread replaced `stale` meanwhile.
    IndexView refresh(IndexView stale) throws IOException {
        lock.lock();
        try {
            if (view == stale) {
                view = loader.load(stale);
                loaded = true;
            }
            return view;
        } finally {
            lock.unlock();
        }
    }

    /// Reads the index again in any case.
    IndexView refresh() throws IOException {
        return refresh(view);
    }
}
