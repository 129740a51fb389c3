package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.virtkeep.testkit.Await;

@Timeout(60)
class ServingThreadsTest {

    @Test
    void theFirstConnectionsHavePlatformThreadsAndAllOthersVirtualOnes() {
        List<ServingThreads> connections = new ArrayList<>();
        try {
            do {
                connections.add(ServingThreads.forConnection());
            } while (!isVirtual(connections.getLast()));
            assertThat(connections).hasSizeBetween(2, 17);
            assertThat(isVirtual(connections.getFirst())).isFalse();
        } finally {
            connections.forEach(ServingThreads::close);
            connections.getFirst().close(); // leaves no place twice
        }
        Await.until("a place", Duration.ofSeconds(30), () -> {
            try (ServingThreads next = ServingThreads.forConnection()) {
                return !isVirtual(next);
            }
        });
    }

    private static boolean isVirtual(ServingThreads threads) {
        var virtual = new CompletableFuture<Boolean>();
        threads.start(() -> virtual.complete(Thread.currentThread().isVirtual()));
        return virtual.join();
    }
}
