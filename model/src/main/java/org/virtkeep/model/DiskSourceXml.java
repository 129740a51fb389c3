package org.virtkeep.model;

import java.util.List;
import java.util.Optional;

/// Changes the image of a disk in a `<domain>` document, and leaves all else as it is.
public final class DiskSourceXml {
    /// What tells about the image that was there before.
    private static final List<String> OUTDATED = List.of("source", "backingStore");

    private DiskSourceXml() {}

    /// The document with the disk `target` on another image. A document without that disk is returned as it
    /// is.
    ///
    /// @param source a file or a block device
    /// @param format its image format
    public static XmlElement withImage(XmlElement domain, String target, DiskSource source, String format) {
        return mapChild(
                domain,
                "devices",
                devices -> devices.withChildren(devices.children().stream()
                        .map(child -> isDisk(child, target) ? withImage(child, source, format) : child)
                        .toList()));
    }

    private static boolean isDisk(XmlElement element, String target) {
        return element.name().equals("disk")
                && element.child("target")
                        .flatMap(child -> child.attribute("dev"))
                        .filter(target::equals)
                        .isPresent();
    }

    private static XmlElement withImage(XmlElement disk, DiskSource source, String format) {
        boolean block = source instanceof DiskSource.Block;
        XmlElement image = XmlElement.of("source").with(block ? "dev" : "file", source.describe());
        var children = new java.util.ArrayList<XmlElement>();
        Optional<XmlElement> driver = disk.child("driver");
        children.add(driver.orElseGet(() -> XmlElement.of("driver").with("name", "qemu"))
                .with("type", format));
        children.add(image);
        disk.children().stream()
                .filter(child ->
                        !OUTDATED.contains(child.name()) && !child.name().equals("driver"))
                .forEach(children::add);
        return disk.withChildren(children).with("type", block ? "block" : "file");
    }

    private static XmlElement mapChild(
            XmlElement parent, String name, java.util.function.UnaryOperator<XmlElement> change) {
        return parent.withChildren(parent.children().stream()
                .map(child -> child.name().equals(name) ? change.apply(child) : child)
                .toList());
    }
}
