package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.ContentHash;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.LoopDevice;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// A restore to a real block device.
@Tag("qemu")
class DeviceIT {
    private static final int SIZE = 8 << 20;

    @TempDir
    private Path dir;

    private static DiskInfo disk(long size) {
        return new DiskInfo("vda", size, ContentHash.ZERO, ContentHash.ZERO, 0, Map.of());
    }

    private static void requireRefused(ErrorCode code, Path device, long size, String why) {
        assertThatThrownBy(() -> DiskTargets.device(device, disk(size)))
                .isInstanceOfSatisfying(
                        VirtException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code))
                .hasMessageContaining(why);
    }

    @Test
    void takesADiskAndKeepsWhatIsBehindIt() throws IOException {
        byte[] old = new byte[SIZE];
        Arrays.fill(old, (byte) 9);
        Path file = Files.write(dir.resolve("device"), old);
        try (LoopDevice device = LoopDevice.attach(file)) {
            requireRefused(ErrorCode.INVALID_ARG, device.path(), SIZE + 512, "has 8388608 bytes");
            try (DiskTarget target = DiskTargets.device(device.path(), disk(SIZE - 4096))) {
                target.write(1 << 20, ByteBuffer.wrap(new byte[] {1, 2, 3}));
                target.finish();
            }
        }
        byte[] expected = new byte[SIZE];
        System.arraycopy(new byte[] {1, 2, 3}, 0, expected, 1 << 20, 3);
        Arrays.fill(expected, SIZE - 4096, SIZE, (byte) 9);
        assertThat(Files.readAllBytes(file)).isEqualTo(expected);
    }

    @Test
    void isRefusedWhileItIsMounted() throws IOException {
        Tools.require("mkfs.ext4");
        Path file = Images.raw(dir.resolve("device"), "8M");
        try (LoopDevice device = LoopDevice.attach(file)) {
            Tool.run("mkfs.ext4", "-q", device.path().toString());
            Path folder = Files.createDirectory(dir.resolve("mounted"));
            device.mount(folder);
            requireRefused(ErrorCode.RESOURCE_BUSY, device.path(), SIZE, "is mounted at '" + folder + "'");
            device.unmount();
            DiskTargets.device(device.path(), disk(SIZE)).close();
        }
    }

    @Test
    void isRefusedWhileAQemuHasItOpen() throws IOException {
        Tools.require("qemu-nbd", "qemu-img");
        Path file = Images.raw(dir.resolve("device"), "8M");
        Path socket = dir.resolve("s");
        try (LoopDevice device = LoopDevice.attach(file)) {
            var command = List.of(
                    "qemu-nbd",
                    "--persistent",
                    "-f",
                    "raw",
                    "-k",
                    socket.toString(),
                    device.path().toString());
            try (ChildProcess qemu = ChildProcess.start("qemu-nbd", command)) {
                Await.until("qemu-nbd listens", Duration.ofSeconds(30), () -> Files.exists(socket));
                // It listens before it opens the device, and greets after.
                Tool.run("qemu-img", "info", "nbd+unix:///?socket=" + socket);
                assertThat(qemu.isAlive()).isTrue();
                requireRefused(ErrorCode.RESOURCE_BUSY, device.path(), SIZE, "another process has locked it");
            }
            DiskTargets.device(device.path(), disk(SIZE)).close();
        }
    }
}
