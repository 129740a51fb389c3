package org.virtkeep.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import org.virtkeep.api.BlockCopy;
import org.virtkeep.api.BlockCopy.Flag;
import org.virtkeep.api.Domain;
import org.virtkeep.model.BlockCopyXml;
import org.virtkeep.model.DiskSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "blockcopy",
        header = "copy a disk, and let it go over to the copy",
        description = {
            "Copies a disk of a running domain to another image, and then keeps the copy equal until it is told what to do: "
                    + "--pivot goes over to the copy, which the domain uses from then on, also after a restart; --finish ends "
                    + "the job, and the copy stays as it was then. Without either, 'virtkeep blockjob' does that later.",
            "What is recorded for checkpoints goes over with the disk. A raw image cannot keep it beyond the end of QEMU. The "
                    + "old image stays.",
            "If this program is ended meanwhile, the job goes on; it ends with the domain's QEMU."
        },
        footer = {
            "virtkeep blockcopy web1 vda --dest /fast/web1.qcow2 --pivot",
            "    moves the disk to other storage",
            "virtkeep blockcopy web1 vda --dest /tmp/web1.raw --format raw --finish"
        })
final class BlockCopyCommand extends BlockJobCommandBase {
    @Option(names = "--dest", paramLabel = "FILE", description = "where the copy goes")
    private Path destination;

    @Option(
            names = "--xml",
            paramLabel = "FILE",
            description = "a <disk> element that says where the copy goes, in a file")
    private String xml;

    @Option(names = "--format", paramLabel = "FORMAT", description = "qcow2 or raw; else that of the disk's image")
    private String format;

    @Option(names = "--blockdev", description = "the destination is a block device")
    private boolean blockDevice;

    @Option(names = "--shallow", description = "copy the active image alone; the copy rests on the same images")
    private boolean shallow;

    @Option(names = "--reuse-external", description = "the destination exists, and has the disk's size")
    private boolean reuse;

    @Option(names = "--pivot", description = "wait until it is ready, and go over to the copy")
    private boolean pivot;

    @Option(names = "--finish", description = "wait until it is ready, and end it")
    private boolean finish;

    @Option(
            names = "--granularity",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "what is copied at a time, a power of two")
    private Long granularity;

    @Option(
            names = "--buf-size",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "what is in flight at most")
    private Long buffer;

    @Option(names = "--transient-job", description = "the job may end with QEMU, as it always does here")
    private boolean transientJob;

    @Option(names = "--synchronous-writes", description = "the guest's writes end when they are in the copy, too")
    private boolean synchronous;

    private BlockCopyXml wanted;

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
