package org.virtkeep.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// `<domainsnapshot>`: reads and writes what libvirt 9.0's schema allows. A `<domain>` inside is kept as it
/// is, not checked; an `<inactiveDomain>` and `<active>`, which only old stored documents have, are dropped.
public final class SnapshotXml {
    private static final String[] STATES = {
        "running", "blocked", "paused", "shutdown", "shutoff", "crashed", SnapshotDefinition.DISKS_ONLY
    };
    private static final String[] LOCATIONS = {"no", "internal", "external", "manual"};

    /// `storageFormatBacking` of libvirt's schemas. Which of them an overlay can have is decided later.
    private static final String[] FORMATS = {"cow", "qcow", "qcow2", "qed", "vmdk"};

    private SnapshotXml() {}

    /// Reads a snapshot, be it a request or a stored one.
    ///
    /// @throws VirtException XML_DETAIL if the text is not well-formed XML, XML_ERROR for another root element,
    ///     XML_INVALID_SCHEMA naming what libvirt's schema does not allow, CONFIG_UNSUPPORTED for what it
    ///     allows and virtkeep cannot do, such as an overlay on the network
    public static SnapshotDefinition read(String document) {
        return ElementReader.read(
                XmlParser.parse(document, ErrorDomain.DOMAIN_SNAPSHOT),
                "domainsnapshot",
                ElementReader.Grammar.WHOLE,
                SnapshotXml::snapshot);
    }

    private static SnapshotDefinition snapshot(ElementReader root) {
        root.ignoreChildren("active", "inactiveDomain");
        return new SnapshotDefinition(
                root.child("name", ElementReader::text),
                root.child("description", ElementReader::text).filter(text -> !text.isEmpty()),
                root.child("state", SnapshotXml::state),
                time(root),
                root.child("parent", parent -> parent.requiredChild("name", ElementReader::text)),
                root.child("memory", SnapshotXml::memory),
                root.child("disks", disks -> disks.children("disk", SnapshotXml::disk)),
                root.child("domain", SnapshotXml::whole),
                root.child("cookie", SnapshotXml::whole));
    }

    private static String state(ElementReader element) {
        String text = element.text();
        if (!List.of(STATES).contains(text)) {
            throw element.invalid("a snapshot's state is '%s', but must be one of '%s'"
                    .formatted(ElementReader.shown(text), String.join("', '", STATES)));
        }
        return text;
    }

    private static OptionalLong time(ElementReader root) {
        Optional<Long> time = root.child(
                "creationTime",
                element -> UnsignedNumber.parse(element.text(), Long.SIZE - 1)
                        .orElseThrow(() -> element.invalid("creation time '%s' is not a number below 2^63"
                                .formatted(ElementReader.shown(element.text()))))
                        .longValue());
        return time.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    private static SnapshotDisk.Location memory(ElementReader memory) {
        Optional<String> file =
                memory.matching("file", java.util.regex.Pattern.compile("/[^\\n\\r]+"), "an absolute path");
        Optional<String> location = file.isPresent()
                ? memory.choice("snapshot", "external")
                : Optional.of(memory.requiredChoice("snapshot", "no", "internal"));
        return location.map(SnapshotXml::location).orElse(SnapshotDisk.Location.EXTERNAL);
    }

    private static SnapshotDisk.Location location(String text) {
        return SnapshotDisk.Location.valueOf(text.toUpperCase(java.util.Locale.ROOT));
    }

    private static SnapshotDisk disk(ElementReader disk) {
        String name = disk.required("name");
        if (!BackupDiskXml.isTarget(name) && !BackupDiskXml.isAbsolutePath(name)) {
            throw disk.invalidValue("name", name, "a disk's target, such as 'vda', or the absolute path of its source");
        }
        Optional<SnapshotDisk.Location> location =
                disk.choice("snapshot", LOCATIONS).map(SnapshotXml::location);
        if (location.filter(asked -> asked != SnapshotDisk.Location.EXTERNAL).isPresent()) {
            return new SnapshotDisk(name, location, StorageKind.FILE, Optional.empty(), Optional.empty());
        }
        StorageKind kind = kind(disk);
        return new SnapshotDisk(
                name,
                location,
                kind,
                disk.child("driver", SnapshotXml::format).flatMap(format -> format),
                disk.child("source", source -> path(source, kind)).flatMap(path -> path));
    }

    private static StorageKind kind(ElementReader disk) {
        Optional<String> type = disk.choice("type", "file", "block", "network");
        if (type.filter("network"::equals).isPresent()) {
            disk.ignoreAll();
            disk.postponeUnsupported("asks for an overlay on the network; supported: type 'file' and 'block'");
        }
        return type.filter("block"::equals).isPresent() ? StorageKind.BLOCK : StorageKind.FILE;
    }

    private static Optional<String> format(ElementReader driver) {
        driver.ignoreChildren("metadata_cache");
        return driver.choice("type", FORMATS);
    }

    private static Optional<String> path(ElementReader source, StorageKind kind) {
        source.attribute("index");
        source.choice("startupPolicy", "mandatory", "requisite", "optional");
        source.ignoreChildren("seclabel");
        for (String unsupported : List.of("encryption", "slices")) {
            source.ifChild(unsupported, element -> {
                element.ignoreAll();
                element.postponeUnsupported("is more than virtkeep can make of an overlay; leave it out");
            });
        }
        return kind == StorageKind.BLOCK
                ? Optional.of(BackupDiskXml.absolutePath(source, "dev"))
                : source.attribute("file").map(_ -> BackupDiskXml.absolutePath(source, "file"));
    }

    private static XmlElement whole(ElementReader element) {
        element.ignoreAll();
        return element.element();
    }

    /// Writes all that the definition holds, in libvirt's order.
    public static String write(SnapshotDefinition snapshot) {
        XmlElement root = XmlElement.of("domainsnapshot");
        root = withText(root, "name", snapshot.name());
        root = withText(root, "description", snapshot.description());
        root = withText(root, "state", snapshot.state());
        if (snapshot.parent().isPresent()) {
            root = root.with(XmlElement.of("parent")
                    .with(XmlElement.of("name", snapshot.parent().get())));
        }
        if (snapshot.creationTime().isPresent()) {
            root = root.with(XmlElement.of(
                    "creationTime", Long.toString(snapshot.creationTime().getAsLong())));
        }
        if (snapshot.memory().isPresent()) {
            root = root.with(XmlElement.of("memory")
                    .with("snapshot", snapshot.memory().get().xml()));
        }
        if (snapshot.disks().isPresent()) {
            root = root.with(XmlElement.of("disks")
                    .with(snapshot.disks().get().stream()
                            .map(SnapshotXml::write)
                            .toList()));
        }
        root = snapshot.domain().map(root::with).orElse(root);
        return snapshot.cookie().map(root::with).orElse(root).write();
    }

    private static XmlElement withText(XmlElement parent, String name, Optional<String> text) {
        return text.map(present -> parent.with(XmlElement.of(name, present))).orElse(parent);
    }

    private static XmlElement write(SnapshotDisk disk) {
        XmlElement element = XmlElement.of("disk").with("name", disk.name());
        if (disk.location().isPresent()) {
            element = element.with("snapshot", disk.location().get().xml());
        }
        if (disk.location().isPresent() && !disk.isExternal()) {
            return element;
        }
        if (disk.path().isPresent()) {
            element = element.with("type", disk.kind().xml());
        }
        if (disk.format().isPresent()) {
            element = element.with(
                    XmlElement.of("driver").with("type", disk.format().get()));
        }
        return disk.path().isPresent()
                ? element.with(XmlElement.of("source")
                        .with(
                                disk.kind() == StorageKind.BLOCK ? "dev" : "file",
                                disk.path().get()))
                : element;
    }
}
