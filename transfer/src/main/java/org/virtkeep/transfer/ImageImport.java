package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.BackupMetadata;
import org.virtkeep.repository.BackupPlan;
import org.virtkeep.repository.BackupReader;
import org.virtkeep.repository.BackupWriter;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.repository.DiskReader;
import org.virtkeep.repository.DiskSpec;
import org.virtkeep.repository.Repository;

/// Turns image files, such as those of push backups, into a restore point of a domain. Confined to one
/// thread.
///
/// A whole image is imported as it reads, with its backing chain. An incremental image is imported on
/// top of an earlier restore point: what it holds itself is taken from it, everything else from there,
/// whatever its backing file.
public final class ImageImport {
    private static final int WORKERS = 4;

    private final Repository repository;
    private final CancelToken cancel;
    private final TransferProgress progress;

    public ImageImport(Repository repository, CancelToken cancel, TransferProgress progress) {
        this.repository = repository;
        this.cancel = cancel;
        this.progress = progress;
    }

    /// An image and its format as QEMU names it, such as `qcow2` or `raw`.
    public record Image(Path file, String format) {}

    /// @param domain its name in the repository; no such domain need exist
    /// @param images by disk, such as `vda`
    /// @param base what incremental images are on top of; empty if the images are whole
    /// @param instant the point in time that the images stand for
    /// @param xml the domain's XML; without it that of the base is taken, if it has one
    public record Request(
            String domain,
            Map<String, Image> images,
            Optional<BackupInfo> base,
            Instant instant,
            Optional<String> xml) {
        /// @throws VirtException INVALID_ARG if the XML is of another domain, or has no such disk
        public Request {
            images = new LinkedHashMap<>(images);
            if (xml.isPresent()) {
                requireFits(XmlElement.read(xml.get()), domain, images.keySet());
            }
        }

        private static void requireFits(XmlElement xml, String domain, Set<String> disks) {
            String name = xml.childText("name").orElse("");
            if (!xml.name().equals("domain") || !name.equals(domain)) {
                throw refusal("the XML is of %s '%s', not of domain '%s'".formatted(xml.name(), name, domain));
            }
            List<String> known =
                    SourceDisk.of(xml).stream().map(SourceDisk::target).toList();
            for (String disk : disks) {
                if (!known.contains(disk)) {
                    throw refusal("domain '%s' has no disk '%s' in the XML; it has %s".formatted(domain, disk, known));
                }
            }
        }

        private static VirtException refusal(String message) {
            return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.STORAGE, message);
        }
    }

    /// Imports all images as one restore point.
    ///
    /// @throws VirtException if an image cannot be read, or the base lacks a disk; nothing is stored
    ///     then but chunks, which the next backup uses or prune frees
    public BackupInfo run(Request request) throws IOException {
        Optional<BackupReader> earlier = request.base().isPresent()
                ? Optional.of(repository.reader(request.base().get().id()))
                : Optional.empty();
        var files = new LinkedHashMap<String, ServedFile>();
        try {
            var disks = new LinkedHashMap<String, ImportedDisk>();
            for (Map.Entry<String, Image> image : request.images().entrySet()) {
                Optional<DiskReader> below = below(earlier, image.getKey());
                ServedFile file = ServedFile.open(
                        image.getValue().file(), image.getValue().format(), below.isPresent());
                files.put(image.getKey(), file);
                disks.put(image.getKey(), new ImportedDisk(file.session(), below));
            }
            return copy(request, disks, files(request, earlier));
        } finally {
            for (ServedFile file : files.values()) {
                file.close();
            }
        }
    }

    private static Optional<DiskReader> below(Optional<BackupReader> earlier, String disk) throws IOException {
        if (earlier.isEmpty()) {
            return Optional.empty();
        }
        if (earlier.get().info().disk(disk).isEmpty()) {
            throw new VirtException(
                    ErrorCode.DEVICE_MISSING,
                    ErrorDomain.STORAGE,
                    "backup '%s' has no disk '%s' that an incremental image could be on top of"
                            .formatted(earlier.get().info().id(), disk));
        }
        return Optional.of(earlier.get().disk(disk));
    }

    /// What goes with the disks.
    private static Map<String, ByteBuffer> files(Request request, Optional<BackupReader> earlier) throws IOException {
        var files = new LinkedHashMap<String, ByteBuffer>();
        if (earlier.isPresent()) {
            for (DiskInfo file : earlier.get().info().attachments()) {
                earlier.get().attachment(file.name()).ifPresent(content -> files.put(file.name(), content));
            }
        }
        request.xml().map(StandardCharsets.UTF_8::encode).ifPresent(content -> files.put(DomainFiles.XML, content));
        return files;
    }

    private BackupInfo copy(Request request, Map<String, ImportedDisk> disks, Map<String, ByteBuffer> files)
            throws IOException {
        var specs = new ArrayList<DiskSpec>();
        var bases = new HashMap<String, String>();
        for (Map.Entry<String, ImportedDisk> disk : disks.entrySet()) {
            Image image = request.images().get(disk.getKey());
            specs.add(new DiskSpec(disk.getKey(), disk.getValue().sizeBytes(), labels(image)));
            request.base().ifPresent(base -> bases.put(disk.getKey(), base.id()));
        }
        progress.expect(specs.stream().mapToLong(DiskSpec::sizeBytes).sum());
        var pace = new DiskCopy.Pace(WORKERS, RateLimit.none(), cancel, progress);
        try (BackupWriter writer = repository.begin(new BackupPlan(request.domain(), specs, bases))) {
            List<DiskCopy> copies = disks.entrySet().stream()
                    .map(disk -> new DiskCopy(
                            disk.getValue(), writer.disk(disk.getKey()), repository.chunkSizeBytes(), pace))
                    .toList();
            DiskCopy.runAll(copies, pace);
            cancel.throwIfCancelled();
            for (Map.Entry<String, ByteBuffer> file : files.entrySet()) {
                writer.attach(file.getKey(), file.getValue());
            }
            return writer.commit(new BackupMetadata(request.instant(), false, List.of(), Map.of("imported", "true")));
        }
    }

    private static Map<String, String> labels(Image image) throws IOException {
        var labels = new HashMap<>(Map.of(DomainFiles.FORMAT, image.format()));
        Qcow2Header.read(image.file()).ifPresent(header -> labels.putAll(header.labels()));
        return labels;
    }
}
