package org.virtkeep.qemu.backup;

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
    static boolean isLow(Path file) throws IOException {
        FileStore store = Files.getFileStore(file);
        return store.getUsableSpace() < Math.min(RESERVE_BYTES, store.getTotalSpace() / SMALL_SHARE);
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
