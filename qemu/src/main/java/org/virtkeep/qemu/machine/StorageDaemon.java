package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.qemu.state.DomainFolder;

/// `qemu-storage-daemon`: QEMU's block layer without a guest, which opens the images of a domain
/// that is shut off. Stateless.
///
/// It opens them for reading only. So it can be killed at any moment without making their bitmaps
/// useless, as it would if they were open for writing; and what wants to write opens them so for
/// that moment.
public final class StorageDaemon {
    private static final String PROGRAM = "qemu-storage-daemon";
    /// One for commands, the others for jobs to watch: a socket serves one client at a time.
    private static final int MONITORS = 5;

    private StorageDaemon() {}

    /// How it is called for a domain. It has no images open at first.
    ///
    /// @throws org.virtkeep.model.VirtException CONFIG_UNSUPPORTED if its sockets' paths are too long;
    ///     OPERATION_UNSUPPORTED if it is not installed
    public static CommandLine commandLine(DomainFolder folder) {
        Path program = Program.find(PROGRAM).orElseThrow(() -> Program.missing(PROGRAM));
        List<Path> monitors = IntStream.range(0, MONITORS)
                .mapToObj(i -> folder.socket("storage%d.sock".formatted(i)))
                .toList();
        var arguments = new Arguments().add(program.toString());
        for (int i = 0; i < MONITORS; i++) {
            arguments.add("--chardev", CommandLine.listenOn(i, monitors.get(i)));
            arguments.add("--monitor", "chardev=qmp%d".formatted(i));
        }
        return new CommandLine(arguments.toList(), monitors, Map.of(), Optional.empty());
    }

    /// The nodes of a disk for `blockdev-add`, each after those it uses, all for reading only. They
    /// are called as in the domain's QEMU.
    ///
    /// @throws org.virtkeep.model.VirtException as [ImageChain#of] does
    public static List<ObjectNode> nodes(DomainDisk disk) {
        List<ObjectNode> nodes = BlockNodes.of(disk, ImageChain.of(disk));
        nodes.getLast().put("read-only", true);
        return nodes;
    }

    /// Checks that no other process holds the disk's image.
    ///
    /// @throws org.virtkeep.model.VirtException RESOURCE_BUSY naming the image
    public static void requireUnlocked(DomainDisk disk) {
        ImageChain.requireUnlocked(disk);
    }
}
