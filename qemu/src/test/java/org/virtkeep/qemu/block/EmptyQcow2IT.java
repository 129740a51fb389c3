package org.virtkeep.qemu.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.testkit.Images;

/// Empty images that we format ourselves, judged by QEMU's tools.
@Tag("qemu")
class EmptyQcow2IT {
    private static final String OWNER = "vk1c68-4711";

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(longs = {512, 1 << 20, (512L << 20) - 512, 512L << 20, (512L << 20) + 512, 10L << 30, 16L << 40})
    void qemuTakesItForWhatItWouldHaveMadeItself(long size) throws IOException {
        Path ours = Files.write(dir.resolve("ours"), EmptyQcow2.of(size, OWNER));
        Path theirs = Images.qcow2(dir.resolve("theirs"), Long.toString(size));
        Images.requireClean(ours);
        assertThat(Images.info(ours).path("virtual-size").asLong()).isEqualTo(size);
        assertThat(Images.info(ours).path("format-specific"))
                .isEqualTo(Images.info(theirs).path("format-specific"));
        assertThat(Files.size(ours)).isEqualTo(Files.size(theirs));
        Images.requireSame(ours, "qcow2", theirs, "qcow2");
    }

    @Test
    void whatIsWrittenIsThereAndItStillSaysWhoseItIs() throws IOException {
        Path ours = Files.write(dir.resolve("ours"), EmptyQcow2.of(3L << 30, OWNER));
        Path theirs = Images.qcow2(dir.resolve("theirs"), "3G");
        for (Path image : new Path[] {ours, theirs}) {
            Images.io(image, "qcow2", "write -q -P 7 0 40M", "write -q -P 9 2147483648 130M", "discard -q 1M 1M");
        }
        Images.requireClean(ours);
        Images.requireSame(ours, "qcow2", theirs, "qcow2");
        assertThat(EmptyQcow2.owner(ours)).contains(OWNER);
    }

    @Test
    void otherFilesSayNothing() throws IOException {
        assertThat(EmptyQcow2.owner(dir.resolve("none"))).isEmpty();
        assertThat(EmptyQcow2.owner(Files.createFile(dir.resolve("empty")))).isEmpty();
        assertThat(EmptyQcow2.owner(Files.write(dir.resolve("other"), new byte[1 << 20])))
                .isEmpty();
        assertThat(EmptyQcow2.owner(Images.qcow2(dir.resolve("theirs"), "1M"))).isEmpty();
        byte[] damaged = EmptyQcow2.of(512, OWNER);
        damaged[108] = -1; // the length of the name
        assertThat(EmptyQcow2.owner(Files.write(dir.resolve("damaged"), damaged)))
                .isEmpty();
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> EmptyQcow2.of(512, "x".repeat(65))).isInstanceOf(IllegalArgumentException.class);
    }
}
