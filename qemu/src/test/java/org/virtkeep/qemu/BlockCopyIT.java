package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.BlockJobBench.refused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockCopy.Flag;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Images;

/// Copies of a disk that a guest writes to, with checkpoints: the disk goes over, or it does not.
@Tag("qemu")
class BlockCopyIT {
    @TempDir
    Path dir;

    private BlockCopy to(String name, String format, Flag... flags) {
        return new BlockCopy(
                new DiskSource.File(dir.resolve(name).toString()),
                Optional.of(format).filter(it -> !it.isEmpty()),
                0,
                0,
                0,
                Set.of(flags));
    }

    @Test
    void theDiskGoesOverWithItsCheckpoints() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.bench.write();
            jobs.bench.createCheckpoint("old");
            String full = jobs.bench.push("");
            jobs.layers(1);
            jobs.bench.createCheckpoint("late");
            String beforeLate = jobs.bench.push("old");
            jobs.bench.requireRestores(beforeLate, full);
            jobs.domain().blockCopy("vda", to("moved.qcow2", "", Flag.SYNCHRONOUS_WRITES));
            jobs.bench.write();
            jobs.awaitReady();
            jobs.bench.write();
            jobs.pivot();
            jobs.bench.write();
            assertThat(jobs.bench.chain("vda")).containsExactly("moved.qcow2");
            assertThat(jobs.told()).containsExactly("COPY READY", "COPY COMPLETED");
            String late = jobs.bench.push("late");
            jobs.bench.requireRestores(late, beforeLate);
            assertThat(jobs.bench.allocated("vda", late)).isLessThan(2 << 20);
            jobs.bench.requireRestores(jobs.bench.push("old"), full);
            jobs.requireAllOfIt();
        }
    }

    @Test
    void aShallowCopyRestsOnTheSameImages() throws IOException {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.bench.createCheckpoint("old");
            String full = jobs.bench.push("");
            jobs.layers(1);
            Path file = Images.overlay(dir.resolve("mine.qcow2"), dir.resolve("vdb.qcow2"), "qcow2");
            refused(
                    () -> jobs.domain().blockCopy("vda", to("mine.qcow2", "", Flag.SHALLOW, Flag.REUSE_EXTERNAL)),
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "rests on");
            Files.delete(file);
            Images.overlay(file, dir.resolve("vda.qcow2"), "qcow2");
            jobs.domain().blockCopy("vda", to("mine.qcow2", "", Flag.SHALLOW, Flag.REUSE_EXTERNAL));
            jobs.awaitReady();
            jobs.pivot();
            jobs.domain().blockCopy("vda", to("next.qcow2", "", Flag.SHALLOW));
            jobs.awaitReady();
            jobs.pivot();
            assertThat(jobs.bench.chain("vda")).containsExactly("next.qcow2", "vda.qcow2");
            jobs.bench.write();
            jobs.bench.requireRestores(jobs.bench.push("old"), full);
            jobs.requireAllOfIt();
        }
    }

    @Test
    void aCopyThatIsEndedHoldsTheDiskAsItWas() {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.layers(1);
            jobs.domain().blockCopy("vda", to("copy.raw", "raw"));
            jobs.awaitReady();
            jobs.domain().blockJobAbort("vda", Set.of());
            assertThat(jobs.bench.chain("vda")).containsExactly("vda.s1", "vda.qcow2");
            assertThat(jobs.told()).containsExactly("COPY READY", "COPY CANCELED");
            jobs.domain().destroy();
            Images.requireSame(dir.resolve("copy.raw"), "raw", dir.resolve("vda.s1"), "qcow2");
            jobs.domain().start(Set.of());
            jobs.requireAllOfIt();
        }
    }

    @Test
    void whatCannotBeCopiedLeavesNoTrace() throws Exception {
        try (var jobs = new BlockJobBench(dir)) {
            jobs.layers(1);
            Images.qcow2(dir.resolve("small.qcow2"), "32M");
            Traces before = Traces.of(jobs.bench.vm());
            refused(
                    () -> jobs.domain().blockCopy("vda", to("x.raw", "raw", Flag.SHALLOW)),
                    ErrorCode.INVALID_ARG,
                    "shallow copy of disk 'vda' into a raw file");
            refused(
                    () -> jobs.domain().blockCopy("vda", to("vdb.qcow2", "")),
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "already exists");
            refused(
                    () -> jobs.domain().blockCopy("vda", to("no.qcow2", "", Flag.REUSE_EXTERNAL)),
                    ErrorCode.SYSTEM_ERROR,
                    "missing destination");
            refused(
                    () -> jobs.domain().blockCopy("vda", to("x.vmdk", "vmdk")),
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "qcow2 and raw");
            before.requireSame(Traces.of(jobs.bench.vm()));
            refused(
                    () -> jobs.domain().blockCopy("vda", to("small.qcow2", "", Flag.REUSE_EXTERNAL)),
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "same size");
            before.requireSame(Traces.of(jobs.bench.vm()));
            assertThat(jobs.told()).isEmpty();
        }
    }
}
