package org.virtkeep.repository;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// The newest [IndexView] this process has seen. Thread-safe.
final class ChunkIndex {

    /// Merges take longer than looking a chunk up; more in a row means a broken storage.
    private static final int MAX_TRIES = 20;

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

    /// Reads the index again in any case: what was durable before this call is in the view that it returns.
    IndexView refresh() throws IOException {
        lock.lock();
        try {
            view = loader.load(view);
            loaded = true;
            return view;
        } finally {
            lock.unlock();
        }
    }

    /// Adds what this process has just made durable.
    void add(Map<ContentHash, Long> packs, List<IndexSegment> segments) {
        lock.lock();
        try {
            view = view.with(packs, segments);
        } finally {
            lock.unlock();
        }
    }

    /// All copies of `id`. When another process has merged segments meanwhile, reads the index again.
    List<IndexView.Copy> copies(ContentHash id) throws IOException {
        IndexView current = view();
        for (int attempt = 1; attempt < MAX_TRIES; attempt++) {
            try {
                return current.copies(id);
            } catch (RepositoryException.Missing _) {
                current = refresh(current);
            }
        }
        return current.copies(id);
    }
}
