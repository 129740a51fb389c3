package org.virtkeep.model;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// `<disk>` of a domain.
final class DiskXml {
    private static final Pattern TARGET = Pattern.compile("(vd|sd|hd)[a-z]{1,6}");
    private static final int NBD_PORT = 10809;
    private static final int MAX_NUMBER = 9999;

    private DiskXml() {}

    static DomainDisk read(ElementReader disk) {
        String type = disk.choice("type", "file", "block", "network").orElse("file");
        boolean cdrom =
                disk.choice("device", "disk", "cdrom").filter("cdrom"::equals).isPresent();
        disk.choice("model", "virtio");
        disk.attribute("snapshot");
        disk.ignoreChildren("backingStore", "alias", "address");
        var driver = disk.child("driver", DiskXml::driver).orElse(Driver.DEFAULT);
        Optional<Source> source =
                disk.child("source", element -> source(element, type, cdrom)).flatMap(found -> found);
        if (source.isEmpty() && !cdrom) {
            throw disk.invalid("a disk needs an element 'source'; only a cdrom can be without");
        }
        Optional<DiskSource> dataFile = source.flatMap(Source::dataFile);
        if (dataFile.isPresent() && !driver.format.equals("qcow2")) {
            throw disk.unsupported("has a 'dataStore' and format '%s'; supported: 'qcow2'".formatted(driver.format));
        }
        var target = disk.requiredChild("target", element -> target(element, cdrom));
        boolean readOnly = disk.child("readonly", _ -> true).orElse(false);
        return new DomainDisk(
                target.name,
                cdrom ? DomainDisk.Device.CDROM : DomainDisk.Device.DISK,
                target.bus,
                source.map(Source::image),
                driver.format,
                cdrom || readOnly,
                dataFile,
                disk.child("serial", ElementReader::text).filter(text -> !text.isEmpty()),
                driver.cache,
                driver.discard,
                driver.detectZeroes,
                driver.io,
                driver.errorPolicy,
                driver.iothread,
                disk.child("boot", DiskXml::bootOrder).orElse(OptionalInt.empty()));
    }

    private static OptionalInt bootOrder(ElementReader boot) {
        boot.required("order");
        return boot.number("order", 1, MAX_NUMBER);
    }

    private record Driver(
            String format,
            Optional<String> cache,
            Optional<String> discard,
            Optional<String> detectZeroes,
            Optional<String> io,
            Optional<String> errorPolicy,
            OptionalInt iothread) {
        private static final Driver DEFAULT = new Driver(
                "raw",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty());
    }

    private static Driver driver(ElementReader driver) {
        driver.choice("name", "qemu");
        driver.choice("copy_on_read", "off");
        return new Driver(
                driver.choice("type", "raw", "qcow2").orElse("raw"),
                // 'default' is how libvirt spells QEMU's own choice.
                driver.choice("cache", "default", "none", "writeback", "writethrough", "directsync", "unsafe")
                        .filter(cache -> !cache.equals("default")),
                driver.choice("discard", "unmap", "ignore"),
                driver.choice("detect_zeroes", "off", "on", "unmap"),
                driver.choice("io", "threads", "native", "io_uring"),
                driver.choice("error_policy", "stop", "report", "ignore", "enospace"),
                driver.number("iothread", 1, MAX_NUMBER));
    }

    private record Source(DiskSource image, Optional<DiskSource> dataFile) {}

    /// @return empty for a drive without medium
    private static Optional<Source> source(ElementReader source, String type, boolean cdrom) {
        source.choice("startupPolicy", "mandatory");
        String attribute = type.equals("block") ? "dev" : "file";
        boolean empty = source.attribute(attribute).orElse("").isEmpty();
        if (cdrom && !type.equals("network") && empty) {
            return Optional.empty();
        }
        DiskSource image = type.equals("network") ? nbd(source) : local(source, attribute);
        return Optional.of(new Source(image, source.child("dataStore", DiskXml::dataStore)));
    }

    /// A file or block device. `index` is what a running domain's nodes are numbered by.
    private static DiskSource local(ElementReader source, String attribute) {
        source.ignoreChildren("seclabel");
        source.attribute("index");
        String path = source.requiredPath(attribute);
        return attribute.equals("dev") ? new DiskSource.Block(path) : new DiskSource.File(path);
    }

    /// The raw data of a qcow2 image (libvirt 10.10).
    private static DiskSource dataStore(ElementReader store) {
        String type = store.choice("type", "file", "block").orElse("file");
        store.ifChild("format", format -> format.requiredChoice("type", "raw"));
        return store.requiredChild("source", source -> local(source, type.equals("block") ? "dev" : "file"));
    }

    private static DiskSource nbd(ElementReader source) {
        source.requiredChoice("protocol", "nbd");
        source.choice("tls", "no");
        source.attribute("index");
        String export = source.attribute("name").orElse("");
        return source.requiredChild("host", host -> host(host, export));
    }

    private static DiskSource host(ElementReader host, String export) {
        if (host.choice("transport", "tcp", "unix").filter("unix"::equals).isPresent()) {
            return new DiskSource.Nbd(Optional.of(host.requiredPath("socket")), Optional.empty(), 0, export);
        }
        return new DiskSource.Nbd(
                Optional.empty(),
                Optional.of(host.required("name")),
                host.number("port", 1, 0xFFFF).orElse(NBD_PORT),
                export);
    }

    private record Target(String name, DomainDisk.Bus bus) {}

    private static Target target(ElementReader target, boolean cdrom) {
        String name = target.required("dev");
        if (!TARGET.matcher(name).matches()) {
            if (BackupDiskXml.isTarget(name)) {
                throw target.unsupported("has the name '%s'; supported: vda, sda, hda and so on".formatted(name));
            }
            throw target.invalidValue("dev", name, "the name of a disk, such as 'vda'");
        }
        target.choice("tray", "closed");
        target.choice("removable", "off");
        DomainDisk.Bus bus = target.choice("bus", "virtio", "scsi", "sata")
                .map(DiskXml::bus)
                .orElseGet(() -> defaultBus(target, name));
        if (cdrom && bus == DomainDisk.Bus.VIRTIO) {
            throw target.unsupported("puts a cdrom on bus 'virtio'; supported: 'scsi', 'sata'");
        }
        return new Target(name, bus);
    }

    private static DomainDisk.Bus bus(String text) {
        return switch (text) {
            case "virtio" -> DomainDisk.Bus.VIRTIO;
            case "scsi" -> DomainDisk.Bus.SCSI;
            default -> DomainDisk.Bus.SATA;
        };
    }

    /// What libvirt concludes from the name.
    private static DomainDisk.Bus defaultBus(ElementReader target, String name) {
        return switch (name.substring(0, 2)) {
            case "vd" -> DomainDisk.Bus.VIRTIO;
            case "sd" -> DomainDisk.Bus.SCSI;
            default ->
                throw target.unsupported(
                        "is called '%s' and names no bus, which means 'ide'; supported: 'virtio', 'scsi', 'sata'"
                                .formatted(name));
        };
    }
}
