package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.TinyTmpfs;
import org.virtkeep.testkit.Tools;

/// What jobs of one domain have to do with each other: ids, listings, what they cannot share, and what becomes of
/// the others when one or its keeper fails.
@Tag("qemu")
class JobsBesideEachOtherIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    private boolean slow;
    private TestDomain vm;
    private BackupBench bench;

    @BeforeEach
    void start() {
        vm = TestDomain.in(dir)
                .monitors(real -> slow ? new SlowCopies(real) : real)
                .start();
        bench = new BackupBench(vm);
        vm.write("vda", "write -P 0x11 0 4M");
    }

    /// Not before all keepers are gone: they write where the test's files are deleted.
    @AfterEach
    void end() {
        bench.close();
        if (vm.domain().state() != DomainState.SHUTOFF) {
            vm.domain().destroy();
        }
        vm.close();
    }

    private int slowPush(String name) {
        slow = true;
        int id = bench.push("", "", name);
        slow = false;
        return id;
    }

    @Test
    void areToldApartByTheirIds() {
        int pull = bench.pullAs("a", "", "");
        int push = slowPush("p");
        assertRefused(ErrorCode.OPERATION_INVALID, () -> bench.domain().backupEnd(0, Set.of()))
                .hasMessageContaining("(%d, %d)".formatted(pull, push));
        assertRefused(ErrorCode.OPERATION_INVALID, () -> bench.domain().backupXml(0))
                .hasMessageContaining("(%d, %d)".formatted(pull, push));
        assertRefused(ErrorCode.NO_DOMAIN_BACKUP, () -> bench.domain().backupJob(push + 1))
                .hasMessageContaining("'" + (push + 1) + "'");
        assertThat(bench.domain().backupXml(pull)).contains("mode='pull' id='" + pull + "'");
        assertThat(bench.domain().backupXml(push)).contains("mode='push' id='" + push + "'");
        assertThat(listed(DomainFilter.HAS_BACKUP)).isEqualTo(1);
        assertThat(bench.domain().backupEnd(pull, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        assertThat(listed(DomainFilter.HAS_BACKUP)).isEqualTo(1);
        assertThat(listed(DomainFilter.NO_BACKUP)).isZero();
        assertThat(bench.domain().backupJob(0).id()).isEqualTo(push);
        assertThat(bench.domain().backupEnd(0, Set.of(BackupEndFlag.ABORT))).isEqualTo(BackupEnd.ABORTED);
        assertThat(listed(DomainFilter.NO_BACKUP)).isEqualTo(1);
    }

    private int listed(DomainFilter filter) {
        return vm.connection().domains(Set.of(filter)).size();
    }

    @Test
    void shareNoFileAndNoAddress() {
        int pull = bench.pullAs("a", "", "");
        Path progress = vm.root().folder("vm").jobs().resolve(pull + ".progress");
        Await.until("the keeper has told how far its clients are", LIMIT, () -> Files.exists(progress));
        Traces before = Traces.of(vm);
        assertRefused(ErrorCode.OPERATION_INVALID, () -> bench.pullAs("a", "", "c"))
                .hasMessageContaining("job " + pull)
                .hasMessageContaining("a.sock");
        assertRefused(ErrorCode.OPERATION_INVALID, () -> bench.push("", "c", "scratch-a"))
                .hasMessageContaining("job " + pull)
                .hasMessageContaining("vda.scratch-a");
        before.requireSame(Traces.of(vm));
    }

    @Test
    void mayBeginInTheSameSecondWithoutNamingFiles() {
        var ids = List.of(beginOnFreePort(), beginOnFreePort(), beginOnFreePort());
        assertThat(ids).doesNotHaveDuplicates();
        ids.forEach(id -> assertThat(bench.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED));
    }

    private int beginOnFreePort() {
        return bench.begin(
                "<domainbackup mode='pull'><server transport='tcp' name='127.0.0.1' port='0'/></domainbackup>", "");
    }

    @Test
    void goOnWhenTheKeeperOfOneIsKilled() {
        Tools.require("nbdcopy");
        int one = bench.pullAs("a", "", "");
        int other = bench.pullAs("b", "", "");
        Path frozen = bench.copy(bench.socket("a"), "vda", "frozen");
        vm.write("vda", "write -P 0x22 1M 1M");
        new RunningJob(vm, one).killKeeper();
        Images.requireSame(bench.copy(bench.socket("b"), "vda", "b.copy"), "raw", frozen, "raw");
        try (Connection next = vm.reconnect()) {
            assertThat(next.domain("vm").backupJob(one).state()).isEqualTo(JobState.RUNNING);
            assertThat(next.notices()).singleElement().asString().contains("keeper of backup job " + one);
        }
        Images.requireSame(bench.copy(bench.socket("a"), "vda", "a.copy"), "raw", frozen, "raw");
        assertThat(bench.domain().backupEnd(one, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        Images.requireSame(bench.copy(bench.socket("b"), "vda", "b.again"), "raw", frozen, "raw");
        assertThat(bench.domain().backupEnd(other, Set.of())).isEqualTo(BackupEnd.COMPLETED);
    }

    @Test
    void endTogetherWithTheirDomain() {
        int pull = bench.pullAs("a", "", "");
        int push = slowPush("p");
        vm.killQemu();
        assertThat(bench.domain().backupJob(pull).state()).isEqualTo(JobState.CANCELLED);
        assertThat(bench.domain().backupJob(push).state()).isEqualTo(JobState.CANCELLED);
        assertThat(vm.events()).endsWith("JobCompleted", "BlockJob", "JobCompleted", "STOPPED failed");
        assertThat(listed(DomainFilter.NO_BACKUP)).isEqualTo(1);
    }

    @Test
    void onlyTheOneWhoseScratchIsNearlyFullIsGivenUp() {
        try (var scratch = TinyTmpfs.mount(dir, "scratch", 96L << 20)) {
            int safe = bench.pullAs("a", "", "");
            int small = beginWithScratchIn(scratch.folder(), "small");
            vm.write("vda", "write -P 0x33 1M 2M");
            int large = beginWithScratchIn(scratch.folder(), "large");
            vm.write("vda", "write -P 0x44 0 1M");
            scratch.fillUpTo(4 << 20);
            int given = firstToEnd(List.of(safe, small, large));
            scratch.drain();
            assertThat(given).isEqualTo(small); // it has the larger scratch of the two that share the file system
            assertThat(bench.domain().backupJob(small).state()).isEqualTo(JobState.FAILED);
            assertThat(bench.domain().backupEnd(safe, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        }
    }

    private int beginWithScratchIn(Path folder, String name) {
        return bench.begin(
                "<domainbackup mode='pull'><server transport='unix' socket='%s'/><disks><disk name='vda' type='file'><scratch file='%s'/></disk></disks></domainbackup>"
                        .formatted(bench.socket(name), folder.resolve(name)),
                "");
    }

    private int firstToEnd(List<Integer> ids) {
        Await.until("a job has ended", LIMIT, () -> ended(ids).isPresent());
        return ended(ids).orElseThrow();
    }

    private Optional<Integer> ended(List<Integer> ids) {
        return ids.stream()
                .filter(id -> new RunningJob(vm, id).phase().equals("ENDED"))
                .findFirst();
    }
}
