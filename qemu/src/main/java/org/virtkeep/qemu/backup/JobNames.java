package org.virtkeep.qemu.backup;

/// The names of everything that one backup job adds to a QEMU. All of them begin with the root's tag and the
/// job's id, so that a job can be taken down by its id alone, whoever started it, and nobody else's things
/// are touched.
///
/// QEMU limits a node name to 31 bytes; the longest name here has 2 + 4 + 1 + 10 + 1 + 3 + 2 = 23.
///
/// @param tag the root's tag, four hexadecimal digits
/// @param job the job's id
record JobNames(String tag, int job) {

    /// What every name of any job of this root begins with.
    static String rootPrefix(String tag) {
        return "vk" + tag + "-";
    }

    /// What every name of this job begins with or is.
    String prefix() {
        return rootPrefix(tag) + job;
    }

    boolean owns(String name) {
        return name.equals(prefix()) || name.startsWith(prefix() + "-");
    }

    /// True for the names that belong to one disk of the job. Its [#bitmap] is all disks'.
    boolean owns(String name, int disk) {
        return name.startsWith(prefix() + "-" + disk + "-");
    }

    /// The job's own bitmap on a disk's node: what changed since the base checkpoint, until the job's
    /// instant.
    String bitmap() {
        return prefix();
    }

    /// The block job that keeps a disk's old content in scratch (`blockdev-backup`, sync none).
    String fleecingJob(int disk) {
        return of(disk, "f");
    }

    /// The block job that copies a disk to its target.
    String copyJob(int disk) {
        return of(disk, "c");
    }

    /// True for what [#copyJob] gives for any disk.
    boolean isCopyJob(String id) {
        return owns(id) && id.endsWith("-c");
    }

    /// The copy-before-write filter that the fleecing job inserts above a disk.
    String filter(int disk) {
        return of(disk, "w");
    }

    /// The node through which a disk's frozen content is read (`snapshot-access`).
    String frozen(int disk) {
        return of(disk, "s");
    }

    /// The scratch image's format node.
    String scratch(int disk) {
        return of(disk, "x");
    }

    String scratchFile(int disk) {
        return of(disk, "xf");
    }

    /// The push target's format node.
    String target(int disk) {
        return of(disk, "t");
    }

    String targetFile(int disk) {
        return of(disk, "tf");
    }

    /// A short-lived job that formats an image.
    String createJob(int disk) {
        return of(disk, "n");
    }

    /// The NBD export on QEMU's private server: its id and its name.
    String export(int disk) {
        return of(disk, "e");
    }

    /// The disk as it is now, exported beside its frozen view: tells what was zero ([FrozenDisk]).
    String liveExport(int disk) {
        return of(disk, "el");
    }

    /// The scratch image, exported for the same reason.
    String scratchExport(int disk) {
        return of(disk, "ex");
    }

    private String of(int disk, String role) {
        return prefix() + "-" + disk + "-" + role;
    }
}
