package org.virtkeep.qemu.backup;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/// What a file system has left, and of which kind it is. Stateless.
final class Space {

    /// A scratch image's file system with less than this left is about to fail: at a gigabyte a second the
    /// guest fills it before the keeper looks again.
    private static final long RESERVE_BYTES = 64L << 20;

    /// The share of a small file system that counts as reserve instead, as its reciprocal.
    private static final long SMALL_SHARE = 20;

    /// File systems whose server may be slow or gone, as the kernel names them.
    private static final Set<String> REMOTE = Set.of(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "9p",
            "ceph",
            "glusterfs",
            "afs",
            "ocfs2",
            "gfs2",
            "lustre",
            "beegfs");

    private Space() {}

    /// True if so little is left where `file` is that a write to it may fail soon.
    ///
    /// Keepers ask many times a second. To tell the file system of a path takes a look at all that is mounted,
    /// so it is left out where the kernel has an answer without.
    static boolean isLow(Path file) throws IOException {
        File place = file.toFile();
        long total = place.getTotalSpace();
        if (total > 0) {
            return isLow(place.getUsableSpace(), total);
        }
        FileStore store = Files.getFileStore(file);
        return isLow(store.getUsableSpace(), store.getTotalSpace());
    }

    private static boolean isLow(long left, long total) {
        return left < Math.min(RESERVE_BYTES, total / SMALL_SHARE);
    }

    /// Bytes left where `file` is.
    static long left(Path file) throws IOException {
        return Files.getFileStore(file).getUsableSpace();
    }

    /// True if `file` is, or will be, on a file system of another host or of a user program.
    static boolean isRemote(Path file) throws IOException {
        String type = Files.getFileStore(file.getParent()).type().toLowerCase(Locale.ROOT);
        return REMOTE.contains(type) || type.startsWith("fuse");
    }
}
