package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BlockCommit.Flag;
import org.virtkeep.api.BlockPull;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Judge;

/// Block jobs by hand under a real guest that never stops writing, on disks that an iothread serves.
@Tag("qemu")
class GuestBlockJobIT {
    private static final int RECORDS_BETWEEN = 30;

    @TempDir
    Path dir;

    @Test
    void everyKindOfJobLosesNothingOfADiskOfAnIoThread() {
        try (GuestDomain guest = GuestDomain.in(dir).ioThread().start();
                var jobs = new BlockJobBench(guest.vm())) {
            guest.awaitWrites(RECORDS_BETWEEN);
            layer(guest, jobs, "s1");
            layer(guest, jobs, "s2");
            jobs.commit("", "", Flag.ACTIVE);
            jobs.awaitReady();
            guest.awaitWrites(RECORDS_BETWEEN);
            jobs.pivot();
            guest.awaitWrites(RECORDS_BETWEEN);
            jobs.domain().blockCopy("vda", BlockJobBench.copy(dir.resolve("vda.copy")));
            jobs.awaitReady();
            guest.awaitWrites(RECORDS_BETWEEN);
            jobs.pivot();
            layer(guest, jobs, "s3");
            jobs.commit("", "", Flag.ACTIVE);
            jobs.awaitReady();
            guest.awaitWrites(RECORDS_BETWEEN);
            jobs.domain().blockJobAbort("vda", Set.of());
            guest.awaitWrites(RECORDS_BETWEEN);
            jobs.domain().blockPull("vda", new BlockPull(Optional.empty(), 0, false));
            guest.awaitWrites(RECORDS_BETWEEN);
            jobs.awaitEnd();
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s3");
            guest.requireUnharmed();
            jobs.domain().destroy();
            assertThat(Judge.requireRight(raw(jobs, "vda"), raw(jobs, "vdb"))).isPositive();
        }
    }

    private static void layer(GuestDomain guest, BlockJobBench jobs, String name) {
        jobs.bench.take(name);
        guest.awaitWrites(RECORDS_BETWEEN);
    }

    private Path raw(BlockJobBench jobs, String disk) {
        return Images.convert(jobs.bench.active(disk), "qcow2", dir.resolve(disk + ".raw"), "raw");
    }
}
