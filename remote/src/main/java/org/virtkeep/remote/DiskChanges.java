package org.virtkeep.remote;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;

/// Unplugs disks and changes media. libvirt wants the whole `<disk>` element for that, which the domain's XML has.
record DiskChanges(Link link, DomainRef domain) {
    /// libvirt waits for a part of it, and returns whether the guest has given the disk up or not.
    private static final Duration DETACH_LIMIT = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    void detach(String disk, int flags) {
        int which = flags == Flags.CONFIG ? Flags.XML_INACTIVE : 0;
        XmlElement element = required(disk, which);
        link.call(
                LibvirtProgram.DOMAIN_DETACH_DEVICE_FLAGS,
                new DomainMessages.DomainXmlFlags(domain, element.write(), flags));
        var deadline = Deadline.in(DETACH_LIMIT);
        while (disks(which).disk(disk).isPresent()) {
            if (deadline.hasPassed()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_TIMEOUT,
                        "domain '%s': the guest has not given disk '%s' up in %d s; it may still do so, or be asked again"
                                .formatted(domain.name(), disk, DETACH_LIMIT.toSeconds()));
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    void changeMedia(String drive, Optional<String> source, int flags) {
        XmlElement element = required(drive, flags == Flags.CONFIG ? Flags.XML_INACTIVE : 0);
        var children = new ArrayList<>(element.children().stream()
                .filter(child -> !child.name().equals("source")
                        && !child.name().equals("backingStore")
                        && !child.name().equals("mirror"))
                .toList());
        boolean block = source.filter(path -> path.startsWith("/dev/")).isPresent();
        source.ifPresent(path -> children.add(XmlElement.of("source").with(block ? "dev" : "file", path)));
        XmlElement changed = element.withChildren(children).with("type", block ? "block" : "file");
        link.call(
                LibvirtProgram.DOMAIN_UPDATE_DEVICE_FLAGS,
                new DomainMessages.DomainXmlFlags(domain, changed.write(), flags));
    }

    private XmlElement required(String disk, int which) {
        return disks(which)
                .disk(disk)
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.INVALID_ARG, "domain '%s' has no disk '%s'".formatted(domain.name(), disk)));
    }

    private DiskElements disks(int which) {
        return DiskElements.of(
                link.call(LibvirtProgram.DOMAIN_GET_XML_DESC, new DomainMessages.DomainFlags(domain, which)));
    }
}
