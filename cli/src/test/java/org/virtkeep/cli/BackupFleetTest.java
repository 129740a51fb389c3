package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupFleetTest {
    private static final String NO_DISK = "has no disk with a medium";

    private final Shell shell = new Shell();

    @TempDir
    private Path dir;

    @BeforeEach
    void createsARepository() throws IOException {
        StoredBackups.create(dir.resolve("repo"));
        shell.environment.put("VIRTKEEP_REPO", dir.resolve("repo").toString());
        shell.environment.put("VIRTKEEP_STATE", dir.resolve("state").toString());
    }

    private void domain(String name, Runnable disturbance) {
        shell.host.add(name, shell.host.domains.size() + 1).disturbance = disturbance;
    }

    @Test
    void whatTheMachineThrowsInOneDomainLeavesTheOthersAlone() {
        var together = new CyclicBarrier(3);
        domain("a", () -> {
            meet(together);
            throw new OutOfMemoryError("Java heap space");
        });
        domain("b", () -> meet(together));
        domain("c", () -> {
            meet(together);
            throw new StackOverflowError();
        });
        Shell.Result result = shell.run("backup", "a", "b", "c", "--parallel", "3", "--json");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out())
                .contains("out of memory: Java heap space", NO_DISK, "java.lang.StackOverflowError")
                .containsPattern("\"domain\":\"a\".*\"domain\":\"b\".*\"domain\":\"c\"");
        assertThat(result.err()).contains("3 of 3 domains were not backed up");
    }

    @Test
    void noMoreRunAtATimeThanAllowed() {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        var pair = new CyclicBarrier(2);
        for (String name : new String[] {"a", "b", "c", "d"}) {
            domain(name, () -> {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                meet(pair);
                now.decrementAndGet();
            });
        }
        Shell.Result result = shell.run("backup", "--all", "--parallel", "2");
        assertThat(result.err()).contains("4 of 4 domains were not backed up");
        assertThat(most.get()).isEqualTo(2);
    }

    @Test
    void allAreThoseThatRunUnlessSaidOtherwise() {
        domain("a", () -> {});
        shell.host.addInactive("off");
        assertThat(shell.run("backup", "--all", "--json").out())
                .contains("\"a\"")
                .doesNotContain("\"off\"");
        assertThat(shell.run("backup", "--all", "--inactive", "--json").out()).contains("\"a\"", "\"off\"");
        assertThat(shell.run("backup", "a", "--inactive").code()).isEqualTo(2);
    }

    @Test
    void itIsSaidThatThereWasNothingToDo() {
        shell.host.addInactive("off");
        Shell.Result result = shell.run("backup", "--all");
        assertThat(result.code()).isZero();
        assertThat(result.out()).isEqualTo("No domain runs, so none is backed up\n");
        assertThat(shell.run("backup", "--all", "--json").out()).isEqualTo("[]\n");
    }

    @Test
    void theFailureOfOneDomainIsToldOnce() {
        domain("a", () -> {});
        Shell.Result result = shell.run("backup", "a");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err().lines()).singleElement().asString().contains(NO_DISK);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError("they do not run at the same time", e);
        }
    }
}
