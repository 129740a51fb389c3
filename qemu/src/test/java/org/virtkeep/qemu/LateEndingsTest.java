package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.BackupJobs;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

class LateEndingsTest {
    private static final String NAME = "vm";

    @TempDir
    private Path directory;

    private final LateEndings endings = new LateEndings();
    private Sessions sessions;

    @BeforeEach
    void defineADomain() {
        Root root = Root.open(directory);
        DomainFolder folder = root.folder(NAME);
        folder.create(new UUID(0, 1));
        folder.writeDefinition(
                "<domain type='qemu'><name>vm</name><memory>1024</memory><os><type>hvm</type></os></domain>");
        sessions = new Sessions(root, BackupJobs.create());
    }

    @Test
    void aSessionIsClosedAfterItsWorkIsDone() {
        assertThat(endings.within(this::open, DomainSession::name)).isEqualTo(NAME);
        endings.close();
        assertIsFree();
    }

    @Test
    void afterAFailureNobodyHasToWaitForTheEndOfTheSession() {
        assertThatThrownBy(() -> endings.within(this::open, session -> {
                    session.runState();
                    return true;
                }))
                .isInstanceOf(VirtException.class)
                .hasMessageContaining("is not running");
        assertIsFree();
    }

    @Test
    void theRestIsDoneWhileTheDomainIsStillHeld() {
        var heldMeanwhile = new java.util.concurrent.CompletableFuture<Boolean>();
        endings.withRest(this::open, _ -> () -> heldMeanwhile.complete(!inAnotherThread()));
        endings.close();
        assertThat(heldMeanwhile).isCompletedWithValue(true);
        assertIsFree();
    }

    @Test
    void aRestThatFailsLeavesTheDomainFree() {
        endings.withRest(this::open, session -> session::runState);
        endings.close();
        assertIsFree();
    }

    @Test
    void aSessionWithinAnotherLeavesTheDomainHeld() {
        sessions.holding(NAME, "test", () -> {
            endings.within(this::open, DomainSession::name);
            endings.close();
            var free = inAnotherThread();
            assertThat(free).isFalse();
            return free;
        });
        assertIsFree();
    }

    private DomainSession open() {
        return sessions.open(NAME, "test");
    }

    private void assertIsFree() {
        assertThat(isFree()).isTrue();
    }

    private boolean isFree() {
        var session = sessions.openIfFree(NAME, "look", Deadline.inMillis(0));
        session.ifPresent(DomainSession::close);
        return session.isPresent();
    }

    private boolean inAnotherThread() {
        var free = new java.util.concurrent.FutureTask<>(this::isFree);
        Thread.ofPlatform().start(free);
        try {
            return free.get();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
