package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.model.XmlElement;

/// What a backup keeps of a domain beside its disks.
///
/// @param xml the domain's definition as it runs
/// @param nvram the content of the firmware's variable store, if the domain has one and it could be read
/// @param uuid the domain's
record DomainFiles(String xml, Optional<byte[]> nvram, String uuid) {
    static final String XML = "domain.xml";
    static final String NVRAM = "nvram";

    /// Labels of a backup.
    static final String UUID = "uuid";

    /// Labels of a disk.
    static final String FORMAT = "format";

    static final String SOURCE = "source";

    /// Far more than firmware has; a larger file is something else.
    private static final long MAX_NVRAM_BYTES = 64 << 20;

    static DomainFiles of(Domain domain, BackupListener listener) {
        String xml = domain.xml();
        return new DomainFiles(xml, nvram(xml, listener), domain.uuid().toString());
    }

    private static Optional<byte[]> nvram(String xml, BackupListener listener) {
        Optional<Path> file = XmlElement.read(xml)
                .child("os")
                .flatMap(os -> os.childText("nvram"))
                .filter(path -> path.startsWith("/"))
                .map(Path::of);
        try {
            return file.isPresent() && Files.size(file.get()) <= MAX_NVRAM_BYTES
                    ? Optional.of(Files.readAllBytes(file.get()))
                    : Optional.empty();
        } catch (IOException e) {
            listener.note("the firmware's variables in '%s' could not be read, and are not in the backup: %s"
                    .formatted(file.get(), e));
            return Optional.empty();
        }
    }

    Map<String, byte[]> attachments() {
        var files = new LinkedHashMap<String, byte[]>();
        files.put(XML, xml.getBytes(StandardCharsets.UTF_8));
        nvram.ifPresent(content -> files.put(NVRAM, content));
        return files;
    }

    /// Facts about the domain.
    Map<String, String> labels() {
        return Map.of(UUID, uuid);
    }

    /// Facts about a disk: its format and, as far as they can be read from here, its image's options.
    Map<String, String> labels(SourceDisk disk) {
        var labels = new LinkedHashMap<String, String>();
        labels.put(FORMAT, disk.format());
        disk.path().ifPresent(path -> labels.put(SOURCE, path));
        if (disk.keepsBitmaps() && disk.path().isPresent()) {
            options(Path.of(disk.path().get())).ifPresent(header -> labels.putAll(header.labels()));
        }
        return labels;
    }

    /// An image that only the domain's host can read has no options here, which does no harm.
    private static Optional<Qcow2Header> options(Path image) {
        try {
            return Files.isReadable(image) ? Qcow2Header.read(image) : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
