package org.virtkeep.model;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// `<domaincheckpoint>`: reads and writes what libvirt 9.0's schema allows. A `<domain>` inside is kept as it
/// is, not checked.
public final class CheckpointXml {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-][a-zA-Z0-9_.-]*");
    static final String NAME_RULE = "letters, digits, '_', '-' and '.', and not begin with '.'";

    private CheckpointXml() {}

    /// Reads a checkpoint, be it a request or a stored one.
    ///
    /// @throws VirtException XML_DETAIL if the text is not well-formed XML, XML_ERROR for another root element,
    ///     XML_INVALID_SCHEMA naming what libvirt's schema does not allow, CONFIG_UNSUPPORTED for a time or
    ///     size of 2^63 or more
    public static CheckpointDefinition read(String document) {
        return ElementReader.read(
                XmlParser.parse(document, ErrorDomain.DOMAIN_CHECKPOINT),
                "domaincheckpoint",
                ElementReader.Grammar.WHOLE,
                CheckpointXml::checkpoint);
    }

    /// True if a checkpoint may have this name.
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static void requireName(String name) {
        if (!isName(name)) {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.DOMAIN_CHECKPOINT,
                    "a checkpoint's name is '%s', but must consist of %s".formatted(name, NAME_RULE));
        }
    }

    private static CheckpointDefinition checkpoint(ElementReader root) {
        return new CheckpointDefinition(
                root.child("name", CheckpointXml::name),
                root.child("description", ElementReader::text).filter(text -> !text.isEmpty()),
                optional(root.child("creationTime", CheckpointXml::time)),
                root.child("parent", parent -> parent.requiredChild("name", CheckpointXml::name)),
                root.child("disks", CheckpointXml::disks),
                root.child("domain", CheckpointXml::domain));
    }

    private static String name(ElementReader element) {
        String name = element.text();
        if (!isName(name)) {
            throw element.invalid("a checkpoint's name is '%s', but must consist of %s"
                    .formatted(ElementReader.shown(name), NAME_RULE));
        }
        return name;
    }

    private static long time(ElementReader element) {
        String text = element.text();
        return unsignedLong(element, text)
                .orElseThrow(() -> element.invalid(
                        "creation time '%s' is not a number of 64 bits".formatted(ElementReader.shown(text))));
    }

    /// @return empty if it is no number of 64 bits
    private static OptionalLong unsignedLong(ElementReader element, String text) {
        Optional<BigInteger> number = UnsignedNumber.parse(text, Long.SIZE);
        if (number.filter(value -> value.bitLength() == Long.SIZE).isPresent()) {
            element.postponeUnsupported("has the number %s, which is beyond 2^63 - 1".formatted(number.get()));
        }
        return optional(number.map(BigInteger::longValue));
    }

    private static OptionalLong optional(Optional<Long> value) {
        return value.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    private static List<CheckpointDisk> disks(ElementReader disks) {
        if (!disks.hasChild("disk")) {
            throw disks.invalid("element 'domaincheckpoint/disks' needs at least one element 'disk'");
        }
        return disks.children("disk", CheckpointXml::disk);
    }

    private static CheckpointDisk disk(ElementReader disk) {
        String name = disk.required("name");
        if (!BackupDiskXml.isTarget(name) && !BackupDiskXml.isAbsolutePath(name)) {
            throw disk.invalidValue("name", name, "a disk's target, such as 'vda', or the absolute path of its source");
        }
        boolean tracked =
                disk.choice("checkpoint", "bitmap", "no").filter("no"::equals).isEmpty();
        if (!tracked) {
            return new CheckpointDisk(name, false, Optional.empty(), OptionalLong.empty());
        }
        return new CheckpointDisk(
                name,
                true,
                disk.attribute("bitmap"),
                optional(disk.attribute("size").map(text -> size(disk, text))));
    }

    private static long size(ElementReader disk, String text) {
        return unsignedLong(disk, text).orElseThrow(() -> disk.invalidValue("size", text, "a number of 64 bits"));
    }

    private static XmlElement domain(ElementReader domain) {
        domain.ignoreAll();
        return domain.element();
    }

    /// Writes all that the definition holds, in libvirt's order.
    public static String write(CheckpointDefinition checkpoint) {
        XmlElement root = XmlElement.of("domaincheckpoint");
        root = withText(root, "name", checkpoint.name());
        root = withText(root, "description", checkpoint.description());
        if (checkpoint.parent().isPresent()) {
            root = root.with(XmlElement.of("parent")
                    .with(XmlElement.of("name", checkpoint.parent().get())));
        }
        if (checkpoint.creationTime().isPresent()) {
            root = root.with(XmlElement.of(
                    "creationTime", Long.toString(checkpoint.creationTime().getAsLong())));
        }
        if (checkpoint.disks().isPresent()) {
            root = root.with(XmlElement.of("disks")
                    .with(checkpoint.disks().get().stream()
                            .map(CheckpointXml::write)
                            .toList()));
        }
        return checkpoint.domain().map(root::with).orElse(root).write();
    }

    private static XmlElement withText(XmlElement parent, String name, Optional<String> text) {
        return text.map(present -> parent.with(XmlElement.of(name, present))).orElse(parent);
    }

    private static XmlElement write(CheckpointDisk disk) {
        XmlElement element =
                XmlElement.of("disk").with("name", disk.name()).with("checkpoint", disk.tracked() ? "bitmap" : "no");
        if (disk.bitmap().isPresent()) {
            element = element.with("bitmap", disk.bitmap().get());
        }
        return disk.sizeBytes().isPresent()
                ? element.with("size", Long.toString(disk.sizeBytes().getAsLong()))
                : element;
    }
}
