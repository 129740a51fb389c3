package org.virtkeep.model;

import java.util.Optional;
import java.util.regex.Pattern;

/// A `<disk>` of `<domainbackup>`. Push and pull have different grammars.
final class BackupDiskXml {
    private static final Pattern TARGET = Pattern.compile("(ioemu:)?(fd|hd|sd|vd|xvd|ubd)[a-zA-Z0-9_]+");
    private static final Pattern ABSOLUTE_PATH = Pattern.compile("(/|[a-zA-Z]:\\\\)[^\\n\\r]+");

    /// `storageFormat` of libvirt's schemas. Which of them a backup can be written in is decided later.
    private static final String[] FORMATS = {
        "raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks", "cow", "qcow",
        "qcow2", "qed", "vmdk"
    };

    private BackupDiskXml() {}

    static BackupDisk read(ElementReader disk, boolean pull) {
        String name = target(disk);
        var mode = disk.choice("backupmode", "full", "incremental").map(BackupDiskXml::mode);
        Optional<String> incremental =
                mode.filter(BackupMode.FULL::equals).isPresent() ? Optional.empty() : disk.attribute("incremental");
        Optional<String> exportName = pull ? disk.attribute("exportname") : Optional.empty();
        Optional<String> exportBitmap = pull ? disk.attribute("exportbitmap") : Optional.empty();
        Optional<String> backup = disk.choice("backup", "yes", "no");
        boolean included = backup.filter("no"::equals).isEmpty();
        var store = included ? store(disk, pull, backup.isPresent()) : Store.NONE;
        return new BackupDisk(
                name, included, store.kind, mode, incremental, exportName, exportBitmap, store.format, store.path);
    }

    /// The name of a disk's target device, as libvirt's schemas spell it.
    static String target(ElementReader disk) {
        disk.required("name");
        return disk.matching("name", TARGET, "the name of a disk's target, such as 'vda'")
                .orElseThrow();
    }

    static String absolutePath(ElementReader element, String attribute) {
        element.required(attribute);
        return element.matching(attribute, ABSOLUTE_PATH, "an absolute path").orElseThrow();
    }

    static boolean isTarget(String name) {
        return TARGET.matcher(name).matches();
    }

    static boolean isAbsolutePath(String path) {
        return ABSOLUTE_PATH.matcher(path).matches();
    }

    private static BackupMode mode(String text) {
        return text.equals("full") ? BackupMode.FULL : BackupMode.INCREMENTAL;
    }

    private record Store(Optional<StorageKind> kind, Optional<String> format, Optional<String> path) {
        private static final Store NONE = new Store(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// Where the copy goes. In push mode the type is mandatory and the target is not; in pull mode a block
    /// device must be named, and a format is only allowed beside a scratch image.
    private static Store store(ElementReader disk, boolean pull, boolean saysYes) {
        Optional<String> type = pull && !saysYes
                ? disk.choice("type", "file", "block")
                : Optional.of(disk.requiredChoice("type", "file", "block"));
        boolean block = type.filter("block"::equals).isPresent();
        String element = pull ? "scratch" : "target";
        Optional<String> path = disk.child(element, store -> path(store, block ? "dev" : "file"));
        Optional<String> format = disk.child(
                "driver",
                driver -> pull ? driver.requiredChoice("type", "qcow2") : driver.requiredChoice("type", FORMATS));
        if (pull && path.isEmpty() && (block || format.isPresent())) {
            throw disk.invalid("disk '%s' needs an element 'scratch'".formatted(disk.required("name")));
        }
        return new Store(type.map(text -> block ? StorageKind.BLOCK : StorageKind.FILE), format, path);
    }

    private static String path(ElementReader store, String attribute) {
        String path = absolutePath(store, attribute);
        store.eachChild("seclabel", BackupDiskXml::securityLabel);
        store.ifChild("encryption", encryption -> {
            encryption.requiredChoice("format", "luks");
            encryption.ignoreAll();
            encryption.postponeUnsupported("asks for an encrypted image, which virtkeep cannot write; leave it out");
        });
        return path;
    }

    /// Checked and then ignored: virtkeep does not label files.
    private static void securityLabel(ElementReader label) {
        label.attribute("model");
        boolean skipped = label.choice("labelskip", "yes").isPresent();
        Optional<String> relabel = skipped ? Optional.empty() : label.choice("relabel", "yes", "no");
        boolean labelled = !skipped && relabel.filter("no"::equals).isEmpty();
        if (labelled && label.children("label", ElementReader::text).isEmpty()) {
            throw label.invalid("element 'seclabel' needs an element 'label', relabel='no' or labelskip='yes'");
        }
    }

    static XmlElement write(BackupDisk disk, boolean pull) {
        XmlElement element = XmlElement.of("disk").with("name", disk.name());
        // Push cannot do without a type, and pull needs one where it says 'yes'.
        Optional<StorageKind> kind =
                !disk.backup() || pull ? disk.kind() : disk.kind().or(() -> Optional.of(StorageKind.FILE));
        if (!disk.backup() || kind.isPresent()) {
            element = element.with("backup", disk.backup() ? "yes" : "no");
        }
        element = with(element, "type", kind.map(StorageKind::xml));
        element = with(element, "backupmode", disk.mode().map(BackupMode::xml));
        element = with(element, "incremental", disk.incremental());
        element = with(element, "exportname", disk.exportName());
        element = with(element, "exportbitmap", disk.exportBitmap());
        if (disk.format().isPresent()) {
            element = element.with(
                    XmlElement.of("driver").with("type", disk.format().get()));
        }
        if (disk.path().isPresent()) {
            String attribute = kind.filter(StorageKind.BLOCK::equals).isPresent() ? "dev" : "file";
            element = element.with(XmlElement.of(pull ? "scratch" : "target")
                    .with(attribute, disk.path().get()));
        }
        return element;
    }

    private static XmlElement with(XmlElement element, String attribute, Optional<String> value) {
        return value.map(present -> element.with(attribute, present)).orElse(element);
    }
}
