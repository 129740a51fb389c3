package org.virtkeep.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A disk of a test machine. `id` names the device and its top block node alike; the protocol node below is
/// `ID-file`.
///
/// @param format `qcow2` or `raw`; a backing chain or data file that the image names is opened by QEMU itself
/// @param shared whether others than the guest may write (`share-rw`), as a writable export needs
public record VmDisk(String id, Path file, String format, Bus bus, boolean shared) {

    public static VmDisk qcow2(String id, Path file) {
        return new VmDisk(id, file, "qcow2", Bus.VIRTIO, false);
    }

    public static VmDisk raw(String id, Path file) {
        return new VmDisk(id, file, "raw", Bus.VIRTIO, false);
    }

    public VmDisk on(Bus bus) {
        return new VmDisk(id, file, format, bus, shared);
    }

    /// The same disk, open to a writable export of its node.
    public VmDisk withSharedWrites() {
        return new VmDisk(id, file, format, bus, true);
    }

    /// The name that QEMU's monitor knows the device by.
    public String qdev() {
        return bus.qdev(id);
    }

    List<String> arguments() {
        var fileNode = Json.object(
                "driver",
                "file",
                "node-name",
                id + "-file",
                "filename",
                file.toAbsolutePath().toString(),
                "auto-read-only",
                true,
                "discard",
                "unmap");
        var formatNode = Json.object("driver", format, "node-name", id, "file", id + "-file", "discard", "unmap");
        var arguments = new ArrayList<String>();
        arguments.addAll(List.of("-blockdev", fileNode.toString(), "-blockdev", formatNode.toString()));
        arguments.addAll(List.of("-device", bus.device(id) + (shared ? ",share-rw=on" : "")));
        return arguments;
    }
}
