package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BlockCommit;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockJobOperations.BlockJobEnd;
import org.virtkeep.api.DiskJob;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Event;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Await;

/// A domain with snapshots, for jobs on the images of its disk `vda`.
final class BlockJobBench implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    final SnapshotBench bench;
    private final long begin;

    BlockJobBench(TestDomain vm) {
        bench = new SnapshotBench(vm);
        begin = vm.connection().lastEvent();
    }

    BlockJobBench(Path dir) {
        this(TestDomain.in(dir).disks(2).start());
    }

    Domain domain() {
        return bench.domain();
    }

    /// Writes, and takes a snapshot, so often.
    void layers(int count) {
        for (int i = 1; i <= count; i++) {
            bench.write();
            bench.take("s" + i);
        }
        bench.write();
    }

    void commit(String base, String top, BlockCommit.Flag... flags) {
        domain().blockCommit("vda", commit(base, top, 0, flags));
    }

    /// @param base empty for none, and so `top`
    static BlockCommit commit(String base, String top, long bytesPerSecond, BlockCommit.Flag... flags) {
        return new BlockCommit(
                Optional.of(base).filter(name -> !name.isEmpty()),
                Optional.of(top).filter(name -> !name.isEmpty()),
                bytesPerSecond,
                Set.of(flags));
    }

    static BlockCopy copy(Path file) {
        return new BlockCopy(new DiskSource.File(file.toString()), Optional.empty(), 0, 0, 0, Set.of());
    }

    void awaitReady() {
        Await.until(
                "the job is ready",
                LIMIT,
                () -> domain().blockJob("vda").filter(DiskJob::ready).isPresent());
    }

    void awaitEnd() {
        Await.until("the job has ended", LIMIT, () -> domain().blockJob("vda").isEmpty());
    }

    void pivot() {
        domain().blockJobAbort("vda", Set.of(BlockJobEnd.PIVOT));
    }

    /// What was told of block jobs, as `TYPE STATUS`.
    List<String> told() {
        return bench.vm().connection().events(begin, Duration.ZERO).stream()
                .filter(Event.BlockJob.class::isInstance)
                .map(Event.BlockJob.class::cast)
                .filter(event -> event.jobId() == 0)
                .map(event -> event.type() + " " + event.status())
                .toList();
    }

    /// After a restart, the disks hold what was written.
    void requireAllOfIt() {
        domain().destroy();
        bench.requireContent();
        domain().start(Set.of());
        bench.write();
        domain().destroy();
        bench.requireContent();
    }

    static void refused(Runnable call, ErrorCode code, String part) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(call::run)
                .withMessageContaining(part)
                .satisfies(e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    @Override
    public void close() {
        bench.close();
    }
}
