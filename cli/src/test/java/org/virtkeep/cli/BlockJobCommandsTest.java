package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.DiskJob;
import org.virtkeep.api.Event;
import org.virtkeep.api.Event.BlockJobStatus;

class BlockJobCommandsTest {
    private final Shell shell = new Shell();
    private final FakeDomain web = shell.host.add("web1", 12);

    private static Event told(String domain, String disk, BlockJobType type, BlockJobStatus status, String error) {
        return new Event.BlockJob(
                101,
                Instant.EPOCH,
                domain,
                type,
                0,
                disk,
                "/a",
                status,
                Optional.of(error).filter(text -> !text.isEmpty()));
    }

    private void isTold(Event... events) {
        shell.host.batches.add(List.of(events));
    }

    private void runs(BlockJobType type, boolean ready) {
        web.diskJob = Optional.of(new DiskJob(type, 0, 1, 4, ready));
    }

    @Test
    void aCommitIsOnlyStartedUnlessItIsWaitedFor() {
        assertThat(shell.run("blockcommit", "web1", "vda", "--top", "vda[1]", "--bandwidth", "5")
                        .out())
                .isEqualTo("Commit of disk 'vda' of domain 'web1' started\n");
        assertThat(shell.host.calls)
                .containsExactly(
                        "web1 blockCommit vda BlockCommit[base=Optional.empty, top=Optional[vda[1]], bytesPerSecond=5242880, flags=[]]");
    }

    @Test
    void aCommitIsFollowedUntilItIsReadyAndThenGoesOver() {
        web.disks.add(new BlockDevice("vda", "file", "disk", Optional.of("/a")));
        runs(BlockJobType.ACTIVE_COMMIT, false);
        isTold(told("other", "vda", BlockJobType.ACTIVE_COMMIT, BlockJobStatus.FAILED, ""));
        isTold(told("web1", "vdb", BlockJobType.ACTIVE_COMMIT, BlockJobStatus.FAILED, ""));
        isTold(told("web1", "vda", BlockJobType.ACTIVE_COMMIT, BlockJobStatus.READY, ""));
        assertThat(shell.run("blockcommit", "web1", "/a", "--pivot", "--delete").out())
                .isEqualTo("Commit: disk 'vda' of domain 'web1' has gone over\n");
        assertThat(shell.host.calls)
                .anyMatch(call ->
                        call.startsWith("web1 blockCommit vda") && call.contains("ACTIVE") && call.contains("DELETE"))
                .endsWith("web1 blockJobAbort vda [PIVOT]");
    }

    @Test
    void aJobThatFailsTellsWhy() {
        runs(BlockJobType.PULL, false);
        isTold(told("web1", "vda", BlockJobType.PULL, BlockJobStatus.FAILED, "No space left on device"));
        Shell.Result result = shell.run("blockpull", "web1", "vda", "--base", "/b", "--wait");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("Pull of disk 'vda' failed: No space left on device");
    }

    @Test
    void aJobThatTakesTooLongIsEnded() {
        runs(BlockJobType.COPY, false);
        Shell.Result result = shell.run("blockcopy", "web1", "vda", "--dest", "/b.qcow2", "--finish", "--timeout", "1");
        assertThat(result.err()).contains("took longer than 1 s");
        assertThat(shell.host.calls).endsWith("web1 blockJobAbort vda []");
    }

    @Test
    void aJobIsToldOfLimitedAndEnded() {
        assertThat(shell.run("blockjob", "web1", "vda").out()).isEqualTo("No current block job for vda\n");
        runs(BlockJobType.ACTIVE_COMMIT, true);
        assertThat(shell.run("blockjob", "web1", "vda").out()).isEqualTo("active commit: 25.0 %, ready\n");
        assertThat(shell.run("--json", "blockjob", "web1", "vda").out())
                .contains("\"type\":\"active commit\"", "\"typeCode\":4", "\"ready\":true");
        shell.run("blockjob", "web1", "vda", "--bandwidth", "10M");
        shell.run("blockjob", "web1", "vda", "--abort", "--async");
        assertThat(shell.host.calls)
                .containsExactly("web1 setBlockJobSpeed vda 10485760", "web1 blockJobAbort vda [ASYNC]");
        assertThat(shell.run("blockjob", "web1", "vda", "--pivot", "--info").code())
                .isEqualTo(2);
    }

    @Test
    void whatExcludesEachOtherIsAFaultOfTheCommandLine() {
        for (String[] line : List.of(
                new String[] {"blockcommit", "web1", "vda", "--pivot", "--keep-overlay"},
                new String[] {"blockcommit", "web1", "vda", "--shallow", "--base", "/b"},
                new String[] {"blockcopy", "web1", "vda"},
                new String[] {"blockcopy", "web1", "vda", "--dest", "/b", "--pivot", "--finish"},
                new String[] {"blockpull", "web1", "vda", "--timeout", "0"},
                new String[] {"domblkthreshold", "web1", "vda"})) {
            assertThat(shell.run(line).code()).as(String.join(" ", line)).isEqualTo(2);
        }
        assertThat(shell.host.calls).isEmpty();
    }

    @Test
    void aThresholdHasAUnitOrNone() {
        shell.run("domblkthreshold", "web1", "vda[1]", "20G");
        shell.run("domblkthreshold", "web1", "vda", "0");
        assertThat(shell.host.calls)
                .containsExactly("web1 setBlockThreshold vda[1] 21474836480", "web1 setBlockThreshold vda 0");
    }
}
