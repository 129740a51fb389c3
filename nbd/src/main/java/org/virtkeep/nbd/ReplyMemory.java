package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Pages that hold a reply until its client has taken it. Thread-safe; the bytes belong to the device until its
/// call has ended, then to the holders.
final class ReplyMemory {
    private final PagePool.Account account;
    private final List<ByteBuffer> pages;
    private final Consumer<ReplyMemory> whenFree;
    private final AtomicInteger holders = new AtomicInteger(1);

    /// @param whenFree gives the pages back; called once
    ReplyMemory(PagePool.Account account, List<ByteBuffer> pages, Consumer<ReplyMemory> whenFree) {
        this.account = account;
        this.pages = pages;
        this.whenFree = whenFree;
    }

    PagePool.Account account() {
        return account;
    }

    List<ByteBuffer> pages() {
        return pages;
    }

    /// One more holder, who will [#release()]. Only for those who hold it themselves.
    void hold() {
        holders.incrementAndGet();
    }

    void release() {
        int left = holders.decrementAndGet();
        if (left == 0) {
            whenFree.accept(this);
        } else if (left < 0) {
            throw new IllegalStateException("reply memory was released too often");
        }
    }
}
