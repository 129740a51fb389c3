package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virtkeep.testkit.Property;

class PagePoolTest {
    private static final int PAGE = PagePool.PAGE_BYTES;

    @Test
    void aClientAloneGetsItsShareAndHalfOfTheRest() {
        var pool = new PagePool(64L * PAGE, 4);
        var account = pool.open();
        assertThat(takeAll(pool, account)).hasSize(8 + 16);
    }

    @Test
    void everyClientHasItsShareHoweverGreedyTheOthersAre() {
        var pool = new PagePool(64L * PAGE, 4);
        for (int i = 0; i < 3; i++) {
            takeAll(pool, pool.open());
        }
        assertThat(pool.available(pool.open())).isGreaterThanOrEqualTo(8);
    }

    @Test
    void refusesToGiveMoreThanAvailable() {
        var pool = new PagePool(64L * PAGE, 4);
        var account = pool.open();
        assertThatThrownBy(() -> pool.take(account, 25)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void neverHoldsMoreThanItMayAndNeverGivesAPageTwice() {
        Property.forAll(200, random -> {
            int clients = random.nextInt(1, 6);
            int pages = random.nextInt(2 * clients, 100);
            var pool = new PagePool((long) pages * PAGE, clients);
            var accounts = new ArrayList<PagePool.Account>();
            var held = new ArrayList<List<List<ByteBuffer>>>();
            for (int i = 0; i < clients; i++) {
                accounts.add(pool.open());
                held.add(new ArrayList<>());
            }
            for (int step = 0; step < 200; step++) {
                int client = random.nextInt(clients);
                int available = pool.available(accounts.get(client));
                if (random.nextBoolean() && available > 0) {
                    held.get(client).add(pool.take(accounts.get(client), random.nextInt(1, available + 1)));
                } else if (!held.get(client).isEmpty()) {
                    var back = held.get(client)
                            .remove(random.nextInt(held.get(client).size()));
                    pool.giveBack(accounts.get(client), back);
                }
                var all = held.stream()
                        .flatMap(List::stream)
                        .flatMap(List::stream)
                        .toList();
                assertThat(all.size()).isLessThanOrEqualTo(pages);
                var distinct = Collections.newSetFromMap(new IdentityHashMap<ByteBuffer, Boolean>());
                distinct.addAll(all);
                assertThat(distinct).hasSize(all.size());
            }
            for (int i = 0; i < clients; i++) {
                for (var back : held.get(i)) {
                    pool.giveBack(accounts.get(i), back);
                }
                assertThat(accounts.get(i).isEmpty()).isTrue();
            }
            assertThat(pool.available(pool.open()))
                    .isEqualTo(new PagePool((long) pages * PAGE, clients).available(pool.open()));
        });
    }

    private static List<ByteBuffer> takeAll(PagePool pool, PagePool.Account account) {
        var pages = new ArrayList<ByteBuffer>();
        while (pool.available(account) > 0) {
            pages.addAll(pool.take(account, 1));
        }
        return pages;
    }
}
