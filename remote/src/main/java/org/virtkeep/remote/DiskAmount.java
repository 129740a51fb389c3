package org.virtkeep.remote;

import java.util.EnumSet;
import java.util.List;
import org.virtkeep.api.Checkpoint.XmlFlag;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.CheckpointMessages;
import org.virtkeep.rpc.CheckpointRef;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;

/// How far one disk of a job is, in bytes. libvirt tells this of the disk's block job: of a push what was copied, of a
/// pull what went to its scratch image.
///
/// @param running  it has its block job still
/// @param end      where `current` will be at most
/// @param expected what is to be copied, or to be read by clients
record DiskAmount(String disk, boolean running, long current, long end, long expected) {

    /// Looks at a disk for the first time.
    static DiskAmount first(Link link, DomainRef domain, JobLayout layout, JobLayout.Disk disk) {
        var info = info(link, domain, disk.name());
        long end = info.found() ? info.end() : capacity(link, domain, disk.name());
        long expected = layout.push() || disk.incremental().isEmpty()
                ? end
                : changed(link, domain, disk.incremental().get(), disk.name(), end);
        return new DiskAmount(disk.name(), info.found(), info.current(), end, expected);
    }

    DiskAmount again(Link link, DomainRef domain) {
        var info = info(link, domain, disk);
        return info.found()
                ? new DiskAmount(disk, true, info.current(), info.end(), expected)
                : new DiskAmount(disk, false, current, end, expected);
    }

    static List<DiskAmount> again(Link link, DomainRef domain, List<DiskAmount> amounts) {
        return amounts.stream().map(amount -> amount.again(link, domain)).toList();
    }

    /// A disk may be unplugged at any time.
    private static BlockMessages.BlockJobInfo info(Link link, DomainRef domain, String disk) {
        try {
            return link.call(
                    LibvirtProgram.DOMAIN_GET_BLOCK_JOB_INFO, new BlockMessages.DiskFlags(domain, disk, Flags.BYTES));
        } catch (VirtException _) {
            return BlockMessages.BlockJobInfo.NONE;
        }
    }

    private static long capacity(Link link, DomainRef domain, String disk) {
        try {
            return link.call(LibvirtProgram.DOMAIN_GET_BLOCK_INFO, new BlockMessages.DiskFlags(domain, disk, 0))
                    .capacityBytes();
        } catch (VirtException _) {
            return 0;
        }
    }

    /// What was written since a checkpoint is, right after the begin, what the clients of a pull will read.
    private static long changed(Link link, DomainRef domain, String checkpoint, String disk, long otherwise) {
        try {
            int flags = Flags.checkpointXml(EnumSet.of(XmlFlag.SIZE, XmlFlag.NO_DOMAIN));
            String xml = link.call(
                    LibvirtProgram.DOMAIN_CHECKPOINT_GET_XML_DESC,
                    new CheckpointMessages.CheckpointFlags(new CheckpointRef(checkpoint, domain), flags));
            return XmlElement.read(xml).child("disks").stream()
                    .flatMap(disks -> disks.children("disk").stream())
                    .filter(each -> each.attribute("name").filter(disk::equals).isPresent())
                    .flatMap(each -> each.attribute("size").stream())
                    .filter(size -> size.matches("[0-9]{1,18}"))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(otherwise);
        } catch (VirtException _) {
            return otherwise;
        }
    }
}
