package org.virtkeep.model;

import java.util.Optional;

/// The `<disk>` element that says where a disk is to be copied.
///
/// @param destination a file or a block device
/// @param format      its image format
public record BlockCopyXml(DiskSource destination, Optional<String> format) {

    /// @throws VirtException XML_DETAIL if it is not well-formed, XML_ERROR if it is no such element,
    ///     CONFIG_UNSUPPORTED if the destination is neither a file nor a block device
    public static BlockCopyXml read(String xml) {
        XmlElement disk = XmlElement.read(xml);
        if (!disk.name().equals("disk")) {
            throw VirtException.qemu(
                    ErrorCode.XML_ERROR, "expecting root element of 'disk', not '%s'".formatted(disk.name()));
        }
        boolean block = disk.attribute("type").filter("block"::equals).isPresent();
        String path = disk.child("source")
                .flatMap(source -> source.attribute(block ? "dev" : "file"))
                .filter(name -> name.startsWith("/"))
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.CONFIG_UNSUPPORTED,
                        "a disk can be copied to a file or a block device, named by its absolute path"));
        return new BlockCopyXml(
                block ? new DiskSource.Block(path) : new DiskSource.File(path),
                disk.child("driver").flatMap(driver -> driver.attribute("type")));
    }

    public String write() {
        boolean block = destination instanceof DiskSource.Block;
        XmlElement disk = XmlElement.of("disk")
                .with("type", block ? "block" : "file")
                .with(XmlElement.of("source").with(block ? "dev" : "file", destination.describe()));
        return format.map(type -> disk.with(XmlElement.of("driver").with("type", type)))
                .orElse(disk)
                .write();
    }
}
