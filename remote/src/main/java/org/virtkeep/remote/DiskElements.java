package org.virtkeep.remote;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.model.XmlElement;

/// The `<disk>` elements of a domain's XML, read leniently: another daemon's domain may have what our own driver would
/// refuse.
record DiskElements(List<XmlElement> disks) {
    private static final List<String> SOURCES = List.of("file", "dev", "dir", "name", "volume");

    static DiskElements of(String domainXml) {
        return new DiskElements(XmlElement.read(domainXml).child("devices").stream()
                .flatMap(devices -> devices.children("disk").stream())
                .toList());
    }

    /// The disk with that target.
    Optional<XmlElement> disk(String target) {
        return disks.stream()
                .filter(disk -> target(disk).filter(target::equals).isPresent())
                .findFirst();
    }

    List<BlockDevice> devices() {
        return disks.stream().flatMap(DiskElements::device).toList();
    }

    private static Stream<BlockDevice> device(XmlElement disk) {
        return target(disk).stream()
                .map(target -> new BlockDevice(
                        target,
                        disk.attribute("type").orElse("file"),
                        disk.attribute("device").orElse("disk"),
                        source(disk)));
    }

    /// What `virsh domblklist` shows.
    static Optional<String> source(XmlElement disk) {
        return disk.child("source")
                .flatMap(source -> SOURCES.stream()
                        .flatMap(attribute -> source.attribute(attribute).stream())
                        .findFirst());
    }

    private static Optional<String> target(XmlElement disk) {
        return disk.child("target").flatMap(target -> target.attribute("dev"));
    }
}
