package org.virtkeep.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockCopy.Flag;
import org.virtkeep.api.Domain;
import org.virtkeep.model.BlockCopyXml;
import org.virtkeep.model.DiskSource;

final class BlockCopyCommand extends BlockJobCommandBase {
    private Path destination;
    private String xml;
    private String format;
    private boolean blockDevice;
    private boolean shallow;
    private boolean reuse;
    private boolean pivot;
    private boolean finish;
    private Long granularity;
    private Long buffer;
    private boolean transientJob;
    private boolean synchronous;
    private BlockCopyXml wanted;

    @Override
    Manual manual() {
        return Manual.of("copy a disk, and let it go over to the copy")
                .description(
                        "Copies a disk of a running domain to another image, and then keeps the copy equal until it is told what to do: "
                                + "--pivot goes over to the copy, which the domain uses from then on, also after a restart; --finish ends "
                                + "the job, and the copy stays as it was then. Without either, 'virtkeep blockjob' does that later.",
                        "What is recorded for checkpoints goes over with the disk. A raw image cannot keep it beyond the end of QEMU. The "
                                + "old image stays.",
                        "If this program is ended meanwhile, the job goes on; it ends with the domain's QEMU.")
                .examples(
                        "virtkeep blockcopy web1 vda --dest /fast/web1.qcow2 --pivot",
                        "    moves the disk to other storage",
                        "virtkeep blockcopy web1 vda --dest /tmp/web1.raw --format raw --finish");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.path("--dest", "FILE", "where the copy goes", path -> destination = path);
        options.text("--xml", "FILE", "a <disk> element that says where the copy goes, in a file", word -> xml = word);
        options.text("--format", "FORMAT", "qcow2 or raw; else that of the disk's image", word -> format = word);
        options.flag("--blockdev", "the destination is a block device", given -> blockDevice = given);
        options.flag(
                "--shallow",
                "copy the active image alone; the copy rests on the same images",
                given -> shallow = given);
        options.flag("--reuse-external", "the destination exists, and has the disk's size", given -> reuse = given);
        options.flag("--pivot", "wait until it is ready, and go over to the copy", given -> pivot = given);
        options.flag("--finish", "wait until it is ready, and end it", given -> finish = given);
        options.size("--granularity", "SIZE", "what is copied at a time, a power of two", size -> granularity = size);
        options.size("--buf-size", "SIZE", "what is in flight at most", size -> buffer = size);
        options.flag(
                "--transient-job", "the job may end with QEMU, as it always does here", given -> transientJob = given);
        options.flag(
                "--synchronous-writes",
                "the guest's writes end when they are in the copy, too",
                given -> synchronous = given);
    }

    @Override
    void check() {
        super.check();
        checkEnding(pivot, finish, "--finish");
        if ((destination == null) == (xml == null)) {
            throw usage("command 'blockcopy' needs either --dest or --xml");
        }
        if (xml != null) {
            wanted = BlockCopyXml.read(
                    XmlInput.read(xml, program().surroundings().in()));
        } else {
            String path = destination.toAbsolutePath().normalize().toString();
            wanted = new BlockCopyXml(
                    blockDevice ? new DiskSource.Block(path) : new DiskSource.File(path), Optional.ofNullable(format));
        }
    }

    @Override
    Optional<Ending> ending() {
        return ending(pivot, finish);
    }

    @Override
    String what() {
        return "Copy";
    }

    @Override
    void begin(Domain domain, String disk, long bytesPerSecond) {
        var flags = EnumSet.noneOf(Flag.class);
        Chosen.add(flags, shallow, Flag.SHALLOW);
        Chosen.add(flags, reuse, Flag.REUSE_EXTERNAL);
        Chosen.add(flags, synchronous, Flag.SYNCHRONOUS_WRITES);
        Chosen.add(flags, transientJob, Flag.TRANSIENT_JOB);
        domain.blockCopy(
                disk,
                new BlockCopy(
                        wanted.destination(),
                        wanted.format(),
                        bytesPerSecond,
                        Optional.ofNullable(granularity).orElse(0L),
                        Optional.ofNullable(buffer).orElse(0L),
                        flags));
    }
}
