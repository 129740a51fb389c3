package org.virtkeep.transfer;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;

/// A disk of a domain, as far as a backup needs to know it.
///
/// Read from the domain's XML by hand, because a domain on another daemon may have elements that the
/// embedded driver would refuse.
///
/// @param target its name, such as `vda`
/// @param format image format of its active layer
/// @param path of its image or device on the domain's host, if it has one
/// @param kind libvirt's `type` of the disk: `file`, `block`, `network`, ...
/// @param writable whether a default selection takes it: it has a medium that the guest may write to
record SourceDisk(String target, String format, Optional<String> path, String kind, boolean writable) {
    private static final String QCOW2 = "qcow2";

    /// Whether its image records its changes, also beyond the life of its QEMU.
    boolean keepsBitmaps() {
        return format.equals(QCOW2);
    }

    /// All disks in the XML, CD drives included.
    static List<SourceDisk> of(XmlElement domain) {
        return domain.child("devices").stream()
                .flatMap(devices -> devices.children("disk").stream())
                .flatMap(SourceDisk::read)
                .toList();
    }

    private static Stream<SourceDisk> read(XmlElement disk) {
        Optional<String> target = disk.child("target").flatMap(element -> element.attribute("dev"));
        if (target.isEmpty()) {
            return Stream.empty();
        }
        Optional<XmlElement> source = disk.child("source");
        String device = disk.attribute("device").orElse("disk");
        boolean writable = source.isPresent()
                && disk.child("readonly").isEmpty()
                && (device.equals("disk") || device.equals("lun"));
        return Stream.of(new SourceDisk(
                target.get(),
                disk.child("driver").flatMap(driver -> driver.attribute("type")).orElse("raw"),
                source.flatMap(element -> element.attribute("file").or(() -> element.attribute("dev"))),
                disk.attribute("type").orElse("file"),
                writable));
    }

    /// Those that were named, in the domain's order, or by default all that are writable.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED if a name is no disk that can be backed up, or none is
    ///     left
    static List<SourceDisk> select(String domain, List<SourceDisk> disks, List<String> names) {
        for (String name : names) {
            if (disks.stream().noneMatch(disk -> disk.target().equals(name) && disk.writable())) {
                throw unsupported("domain '%s' has no disk '%s' that can be backed up; it has %s"
                        .formatted(
                                domain,
                                name,
                                disks.stream()
                                        .filter(SourceDisk::writable)
                                        .map(SourceDisk::target)
                                        .toList()));
            }
        }
        List<SourceDisk> chosen = disks.stream()
                .filter(disk -> names.isEmpty() ? disk.writable() : names.contains(disk.target()))
                .toList();
        if (chosen.isEmpty()) {
            throw unsupported("domain '%s' has no disk with a medium that its guest may write to".formatted(domain));
        }
        return chosen;
    }

    private static VirtException unsupported(String message) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.DOMAIN, message);
    }
}
