package org.virtkeep.transfer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;

/// The definition of a domain whose disks have been restored: the XML of the backup, with the restored
/// images in place of the old ones. What belonged to one run of the old domain is left out.
public final class RestoredDomain {
    /// Of one run, or of a place in the old host.
    private static final Set<String> DROPPED = Set.of("alias", "seclabel", "backingStore", "mirror");

    private static final Set<String> REPLACED = Set.of("driver", "source");

    /// What identifies a machine, and must not be there twice.
    private static final Set<String> IDENTITY = Set.of("uuid", "mac");

    private final XmlElement domain;
    private final Map<String, Image> images;
    private final Optional<Path> nvram;

    /// A restored image.
    public record Image(Path path, DiskTargets.Format format) {}

    /// @param xml the domain's XML as it was backed up
    /// @param images by disk
    /// @param nvram the restored file of the firmware's variables
    public RestoredDomain(String xml, Map<String, Image> images, Optional<Path> nvram) {
        this.domain = XmlElement.read(xml);
        this.images = Map.copyOf(images);
        this.nvram = nvram;
    }

    /// The disks that the guest may write to and that were not restored: defined so, the new domain
    /// would use the old one's.
    public List<String> missing() {
        return SourceDisk.of(domain).stream()
                .filter(SourceDisk::writable)
                .map(SourceDisk::target)
                .filter(target -> !images.containsKey(target))
                .toList();
    }

    /// The name that the domain had.
    public String name() {
        return domain.childText("name").orElse("");
    }

    /// The definition.
    ///
    /// @param name another name, with which the domain also gets another UUID and other MAC addresses
    /// @throws VirtException CONFIG_UNSUPPORTED if a disk is [#missing()]
    public String xml(Optional<String> name) {
        if (!missing().isEmpty()) {
            throw new VirtException(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    ErrorDomain.DOMAIN,
                    "disks %s of domain '%s' were not restored; the new definition would use the old ones"
                            .formatted(missing(), name()));
        }
        return adapt(domain.without("id"), name).write();
    }

    private XmlElement adapt(XmlElement element, Optional<String> name) {
        var children = new ArrayList<XmlElement>();
        for (XmlElement child : element.children()) {
            boolean dropped = DROPPED.contains(child.name()) || name.isPresent() && IDENTITY.contains(child.name());
            if (!dropped) {
                children.add(replace(element, child, name));
            }
        }
        return element.withChildren(children);
    }

    private XmlElement replace(XmlElement parent, XmlElement child, Optional<String> name) {
        return switch (parent.name() + "/" + child.name()) {
            case "domain/name" -> XmlElement.of("name", name.orElse(child.text()));
            case "os/nvram" ->
                nvram.map(path -> new XmlElement("nvram", child.attributes(), List.of(), path.toString()))
                        .orElse(child);
            case "devices/disk" -> disk(child, name);
            default -> adapt(child, name);
        };
    }

    private XmlElement disk(XmlElement disk, Optional<String> name) {
        Optional<Image> image =
                disk.child("target").flatMap(target -> target.attribute("dev")).map(images::get);
        if (image.isEmpty()) {
            return adapt(disk, name);
        }
        var children = new ArrayList<XmlElement>();
        children.add(driver(disk, image.get()));
        children.add(XmlElement.of("source").with("file", image.get().path().toString()));
        for (XmlElement child : disk.children()) {
            if (!DROPPED.contains(child.name()) && !REPLACED.contains(child.name())) {
                children.add(child);
            }
        }
        return disk.with("type", "file").withChildren(children);
    }

    private static XmlElement driver(XmlElement disk, Image image) {
        Map<String, String> attributes = new LinkedHashMap<>();
        attributes.put("name", "qemu");
        disk.child("driver").ifPresent(driver -> attributes.putAll(driver.attributes()));
        attributes.put("type", image.format().label());
        return new XmlElement("driver", attributes, List.of(), "");
    }
}
