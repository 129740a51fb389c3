package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MeanwhileTest {
    @Test
    void whoeverClosesItHasSeenItsEnd() {
        var ended = new AtomicBoolean();
        var work = Meanwhile.start("work", () -> {
            Thread.yield();
            ended.set(true);
        });
        work.close();
        assertThat(ended).isTrue();
    }

    @Test
    void anInterruptIsKeptForLaterAndTheWorkIsAwaited() throws IOException {
        var ended = new AtomicBoolean();
        try (var work = Meanwhile.start("work", () -> ended.set(true))) {
            Thread.currentThread().interrupt();
            work.await();
            assertThat(ended).isTrue();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void throwsWhatTheWorkThrewOnlyToWhoAwaitsIt() {
        for (Throwable thrown :
                List.of(new IOException("disk"), new IllegalStateException("state"), new OutOfMemoryError("memory"))) {
            Meanwhile.Work failing = () -> rethrow(thrown);
            assertThatThrownBy(() -> {
                        try (var work = Meanwhile.start("work", failing)) {
                            work.await();
                        }
                    })
                    .isSameAs(thrown);
            assertThatThrownBy(() -> {
                        try (var _ = Meanwhile.start("work", failing)) {
                            throw new IOException("mine");
                        }
                    })
                    .hasMessage("mine");
        }
    }

    private static void rethrow(Throwable thrown) throws IOException {
        switch (thrown) {
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new AssertionError(e);
        }
    }
}
