package org.virtkeep.testkit;

import java.nio.file.Path;
import java.util.Optional;

/// A block device whose content is a file. Takes root and a kernel with loop devices; without both the test is
/// skipped. `close()` detaches.
public final class LoopDevice implements AutoCloseable {
    private final Path path;
    private Optional<Path> mounted = Optional.empty();

    private LoopDevice(Path path) {
        this.path = path;
    }

    /// Attaches `file`.
    public static LoopDevice attach(Path file) {
        Tools.require("losetup", "mount", "umount");
        if (!System.getProperty("user.name").equals("root")) {
            Tools.skip("only root can attach a loop device");
        }
        Tool.Result result = Tool.attempt("losetup", "--find", "--show", file.toString());
        if (result.exitCode() != 0) {
            Tools.skip("no loop device can be attached here: " + result.output());
        }
        return new LoopDevice(Path.of(result.output().strip()));
    }

    public Path path() {
        return path;
    }

    /// Mounts its file system; `close()` unmounts it.
    public void mount(Path folder) {
        Tool.run("mount", path.toString(), folder.toString());
        mounted = Optional.of(folder);
    }

    public void unmount() {
        mounted.ifPresent(folder -> Tool.run("umount", folder.toString()));
        mounted = Optional.empty();
    }

    @Override
    public void close() {
        unmount();
        Tool.run("losetup", "--detach", path.toString());
    }
}
