package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchesTest {
    private final RpcTransport transport =
            RpcTransport.of(InputStream.nullInputStream(), OutputStream.nullOutputStream(), () -> {});
    private final Pulse pulse = new Pulse(System.nanoTime());
    private final CompletableFuture<IOException> ended = new CompletableFuture<>();

    @Test
    void oneThatIsToBeLookedAtSoonerWakesTheThreadThatWaitsForAnother() throws Exception {
        ConnectionWatch calm = watch(new Pulse(System.nanoTime()), Duration.ofHours(1), new CompletableFuture<>());
        calm.start();
        ConnectionWatch watch = watch(pulse, Duration.ofHours(1), ended);
        watch.start();
        watch.ping(new KeepAlive(Duration.ofMillis(20), 1));
        assertThat(ended.get(30, TimeUnit.SECONDS)).hasMessageContaining("does not answer keepalive");
        calm.stop();
    }

    @Test
    void oneThatHasEndedIsForgotten() {
        int before = Watches.SHARED.count();
        ConnectionWatch watch = watch(pulse, Duration.ofHours(1), ended);
        watch.start();
        assertThat(Watches.SHARED.count()).isEqualTo(before + 1);
        watch.stop();
        watch.ping(new KeepAlive(Duration.ofMillis(20), 1));
        assertThat(Watches.SHARED.count()).isEqualTo(before);
    }

    @Test
    void oneThatEndedBeforeItsWatchBeganIsNotWatched() {
        int before = Watches.SHARED.count();
        ConnectionWatch watch = watch(pulse, Duration.ofHours(1), ended);
        watch.stop();
        watch.start();
        assertThat(Watches.SHARED.count()).isEqualTo(before);
    }

    private ConnectionWatch watch(Pulse pulse, Duration stallLimit, CompletableFuture<IOException> ended) {
        var reader = new PacketReader(transport, Limits.PACKET_BYTES, new ByteBudget(Limits.PACKET_BYTES));
        var writer = new PacketWriter(transport, 1_000, Thread.ofVirtual(), ended::complete);
        return new ConnectionWatch(pulse, reader, writer, stallLimit, ended::complete);
    }
}
