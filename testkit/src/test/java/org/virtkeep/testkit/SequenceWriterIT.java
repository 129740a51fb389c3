package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("qemu")
class SequenceWriterIT {

    private static final int REGION_BYTES = 4 << 20;

    @TempDir
    Path directory;

    private Path a;
    private Path b;

    @BeforeEach
    void makeDisks() {
        a = Images.qcow2(directory.resolve("a.qcow2"), "4M");
        b = Images.qcow2(directory.resolve("b.qcow2"), "4M");
    }

    @Test
    void writesAsAGuestAndGoesOnAfterACrash() {
        Geometry geometry = Geometry.of(3, 2, REGION_BYTES);
        try (var vm = HaltVm.in(directory)
                        .disks(VmDisk.qcow2("vda", a), VmDisk.qcow2("vdb", b))
                        .start();
                var writer = SequenceWriter.fresh(geometry, WriterDisk.of(vm, "vda"), WriterDisk.of(vm, "vdb"))) {
            writer.writeTo(100);
            vm.kill();
        }
        assertThat(judge()).isEqualTo(100);
        try (var vm = HaltVm.in(directory)
                        .disks(VmDisk.qcow2("vda", a), VmDisk.qcow2("vdb", b))
                        .start();
                var writer = SequenceWriter.resume(geometry, 100, WriterDisk.of(vm, "vda"), WriterDisk.of(vm, "vdb"))) {
            writer.writeTo(150);
        }
        assertThat(judge()).isEqualTo(150);
    }

    @Test
    void writesThroughWritableExportsWithoutPause() {
        var vda = VmDisk.qcow2("vda", a).withSharedWrites();
        var vdb = VmDisk.qcow2("vdb", b).withSharedWrites();
        long last;
        try (var vm = HaltVm.in(directory).disks(vda, vdb).start();
                var loadA = vm.load("vda");
                var loadB = vm.load("vdb");
                var writer = SequenceWriter.fresh(
                        Geometry.of(4, 2, REGION_BYTES), WriterDisk.of(loadA), WriterDisk.of(loadB))) {
            writer.start();
            Await.until("some records", Duration.ofSeconds(60), () -> writer.sequence() >= 100);
            last = writer.stop();
        }
        assertThat(judge()).isEqualTo(last);
    }

    private long judge() {
        Path rawA = Images.convert(a, "qcow2", directory.resolve("a.raw"), "raw");
        Path rawB = Images.convert(b, "qcow2", directory.resolve("b.raw"), "raw");
        return Judge.requireRight(rawA, rawB);
    }
}
