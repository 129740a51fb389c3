package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A file system of a few mebibytes that a test can fill: a tmpfs with a size limit. Mounting takes root, or a
/// `sudo` that asks nothing; without both the test is skipped. `close()` unmounts.
public final class TinyTmpfs implements AutoCloseable {

    private final Path folder;
    private final List<String> asRoot;

    private TinyTmpfs(Path folder, List<String> asRoot) {
        this.folder = folder;
        this.asRoot = asRoot;
    }

    /// Mounts a file system of `sizeBytes` at a new folder `name` in `parent`.
    public static TinyTmpfs mount(Path parent, String name, long sizeBytes) {
        List<String> asRoot = asRoot();
        try {
            Path folder = Files.createDirectory(parent.resolve(name));
            var mounted = new TinyTmpfs(folder, asRoot);
            String options = "size=%d,mode=0777".formatted(sizeBytes);
            Tool.Result result = mounted.root("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.toString());
            if (result.exitCode() != 0) {
                Tools.skip("no tmpfs can be mounted here: " + result.output());
            }
            return mounted;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path folder() {
        return folder;
    }

    /// Takes away all room but `bytes`.
    public void fillUpTo(long bytes) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace() - bytes;
            if (free > 0) {
                Files.write(folder.resolve("filler"), new byte[Math.toIntExact(free)]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Gives back what [#fillUpTo] took.
    public void drain() {
        try {
            Files.deleteIfExists(folder.resolve("filler"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Unmounts, even if files in it are still open.
    @Override
    public void close() {
        Tool.Result result = root("umount", "-l", folder.toString());
        if (result.exitCode() != 0) {
            throw new AssertionError("cannot unmount " + folder + ": " + result.output());
        }
    }

    private Tool.Result root(String... command) {
        var all = new ArrayList<>(asRoot);
        all.addAll(List.of(command));
        return Tool.attempt(all);
    }

    private static List<String> asRoot() {
        if (System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        if (Tools.find("sudo").isEmpty() || Tool.attempt("sudo", "-n", "true").exitCode() != 0) {
            Tools.skip("a small file system can be mounted by root only, or with a sudo that asks nothing");
        }
        return List.of("sudo", "-n");
    }
}
