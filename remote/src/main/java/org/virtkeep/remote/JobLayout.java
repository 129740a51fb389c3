package org.virtkeep.remote;

import java.util.List;
import java.util.Optional;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.XmlElement;

/// What a `<domainbackup>` says of a job, read leniently.
///
/// @param xml    the document
/// @param server of a pull
/// @param disks  those that take part
record JobLayout(String xml, boolean push, Optional<NbdAddress> server, List<Disk> disks) {

    JobLayout {
        disks = List.copyOf(disks);
    }

    /// @param path of the target, or of the scratch image
    record Disk(
            String name,
            BackupMode mode,
            Optional<String> incremental,
            Optional<String> exportName,
            Optional<String> exportBitmap,
            Optional<String> format,
            Optional<String> path) {}

    static JobLayout of(String xml) {
        XmlElement root = XmlElement.read(xml);
        Optional<String> incremental = root.childText("incremental");
        boolean push = !root.attribute("mode").equals(Optional.of("pull"));
        List<Disk> disks = root.child("disks").stream()
                .flatMap(all -> all.children("disk").stream())
                .filter(disk -> !disk.attribute("backup").equals(Optional.of("no")))
                .map(disk -> disk(disk, incremental))
                .toList();
        return new JobLayout(xml, push, root.child("server").flatMap(JobLayout::server), disks);
    }

    private static Disk disk(XmlElement disk, Optional<String> incremental) {
        Optional<String> base = disk.attribute("incremental").or(() -> incremental);
        boolean full = disk.attribute("backupmode")
                .map(mode -> !mode.equals(BackupMode.INCREMENTAL.xml()))
                .orElse(base.isEmpty());
        return new Disk(
                disk.attribute("name").orElse(""),
                full ? BackupMode.FULL : BackupMode.INCREMENTAL,
                full ? Optional.empty() : base,
                disk.attribute("exportname"),
                disk.attribute("exportbitmap"),
                disk.child("driver").flatMap(driver -> driver.attribute("type")),
                disk.child("target")
                        .or(() -> disk.child("scratch"))
                        .flatMap(file -> file.attribute("file").or(() -> file.attribute("dev"))));
    }

    private static Optional<NbdAddress> server(XmlElement server) {
        Optional<NbdAddress> unix = server.attribute("socket").map(NbdAddress.Unix::new);
        return unix.or(() -> server.attribute("name")
                .flatMap(host -> server.attribute("port").map(port -> tcp(host, port))));
    }

    private static NbdAddress tcp(String host, String port) {
        return new NbdAddress.Tcp(host, port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0);
    }
}
