package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The memory for all replies that wait for their clients, in pages, shared fairly.
///
/// Half of it is split evenly: what a client may always have, whatever the others do. The other half is lent
/// out so that a client may borrow as much as stays free for others: one busy client gets half of it, and
/// clients that take their replies slowly or never leave a share to those that come later.
///
/// Not thread-safe: guarded by the lock of its [RequestScheduler]. Allocates outside of the heap, when needed.
final class PagePool {
    static final int PAGE_BYTES = 64 << 10;
    private static final int SLAB_PAGES = 16;

    /// One client's share.
    static final class Account {
        private int held;

        private Account() {}

        boolean isEmpty() {
            return held == 0;
        }
    }

    private final int guaranteedPages;
    // A stack: pages that were used last are still in the processor's cache.
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private int unallocatedPages;
    private int lendablePages;

    /// @param clients how many accounts are open at once, at most
    PagePool(long bytes, int clients) {
        int pages = Math.toIntExact(bytes / PAGE_BYTES);
        guaranteedPages = pages / 2 / clients;
        if (guaranteedPages < 1) {
            throw new IllegalArgumentException(bytes + " bytes are too few for " + clients + " clients");
        }
        unallocatedPages = pages;
        lendablePages = pages - guaranteedPages * clients;
    }

    Account open() {
        return new Account();
    }

    /// How many pages the account could take now.
    int available(Account account) {
        int borrowed = Math.max(0, account.held - guaranteedPages);
        int guaranteed = Math.max(0, guaranteedPages - account.held);
        return guaranteed + Math.max(0, (lendablePages - borrowed) / 2);
    }

    /// @param count at most [#available]
    List<ByteBuffer> take(Account account, int count) {
        if (count > available(account)) {
            throw new IllegalStateException(count + " pages asked for, " + available(account) + " available");
        }
        int borrowed = Math.max(0, account.held - guaranteedPages);
        account.held += count;
        lendablePages -= Math.max(0, account.held - guaranteedPages) - borrowed;
        var pages = new ArrayList<ByteBuffer>(count);
        for (int i = 0; i < count; i++) {
            pages.add(page());
        }
        return pages;
    }

    void giveBack(Account account, List<ByteBuffer> pages) {
        int borrowed = Math.max(0, account.held - guaranteedPages);
        account.held -= pages.size();
        lendablePages += borrowed - Math.max(0, account.held - guaranteedPages);
        pages.forEach(free::push);
    }

    private ByteBuffer page() {
        if (free.isEmpty()) {
            int count = Math.min(SLAB_PAGES, unallocatedPages);
            unallocatedPages -= count;
            ByteBuffer slab = ByteBuffer.allocateDirect(count * PAGE_BYTES);
            for (int i = count - 1; i >= 0; i--) {
                free.push(slab.slice(i * PAGE_BYTES, PAGE_BYTES));
            }
        }
        return free.pop();
    }
}
