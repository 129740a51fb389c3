package org.virtkeep.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.BackupReader;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.transfer.CancelToken;
import org.virtkeep.transfer.DiskRestore;
import org.virtkeep.transfer.DiskTarget;
import org.virtkeep.transfer.DiskTargets;
import org.virtkeep.transfer.RestoredDomain;
import org.virtkeep.transfer.TransferProgress;

/// Restores disks of one backup and tells about it.
final class RestoreWork {
    static final String XML = "domain.xml";
    private static final String NVRAM = "nvram";

    private final BackupReader reader;
    private final CancelToken cancel;
    private final TransferLine line;
    private final Output output;

    RestoreWork(BackupReader reader, CancelToken cancel, TransferLine line, Output output) {
        this.reader = reader;
        this.cancel = cancel;
        this.line = line;
        this.output = output;
    }

    /// Whether it is neither a folder nor a file, nor nothing at all.
    static boolean isDevice(Path path) throws IOException {
        return Files.exists(path)
                && Files.readAttributes(path, BasicFileAttributes.class).isOther();
    }

    /// Standard output carries the disk, so nothing is told there.
    void toStream(DiskInfo disk, OutputStream stream) throws IOException {
        try (DiskTarget target = DiskTargets.stream(Channels.newChannel(stream), disk)) {
            restore(disk, target);
        }
        stream.flush();
    }

    void toDevice(DiskInfo disk, Path device) throws IOException {
        try (DiskTarget target = DiskTargets.device(device, disk)) {
            long bytes = restore(disk, target);
            output.done(
                    sentence(disk, device, bytes), result(List.of(json(disk, device, "raw", bytes)), Optional.empty()));
        }
    }

    void toFolder(RestoreFolder folder, List<DiskInfo> disks, Optional<RestoreDefinition> definition)
            throws IOException {
        definition.ifPresent(wanted -> wanted.check(reader.info().domain()));
        folder.prepare(disks);
        var images = new LinkedHashMap<String, RestoredDomain.Image>();
        var results = new ArrayList<JsonObject>();
        for (DiskInfo disk : disks) {
            Path image = folder.image(disk);
            try (DiskTarget target = folder.target(disk)) {
                long bytes = restore(disk, target);
                images.put(disk.name(), new RestoredDomain.Image(image, folder.format(disk)));
                results.add(json(disk, image, folder.format(disk).label(), bytes));
                if (!output.isJson()) {
                    output.done(sentence(disk, image, bytes), new JsonObject());
                    output.flush();
                }
            }
        }
        Optional<String> xml = text(XML);
        Optional<Path> nvram = keep(folder, NVRAM);
        keep(folder, XML);
        Optional<String> defined = definition.map(
                wanted -> wanted.define(new RestoredDomain(xml.orElseThrow(() -> noXml()), images, nvram)));
        if (output.isJson()) {
            output.json(result(results, defined));
        } else {
            defined.ifPresent(name -> output.done("Domain '%s' defined".formatted(name), new JsonObject()));
        }
    }

    private VirtException noXml() {
        return new VirtException(
                ErrorCode.OPERATION_FAILED,
                ErrorDomain.STORAGE,
                "backup '%s' does not have the domain's XML"
                        .formatted(reader.info().id()));
    }

    private Optional<String> text(String attachment) throws IOException {
        return reader.attachment(attachment)
                .map(content -> StandardCharsets.UTF_8.decode(content).toString());
    }

    private Optional<Path> keep(RestoreFolder folder, String attachment) throws IOException {
        Optional<ByteBuffer> content = reader.attachment(attachment);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = new byte[content.get().remaining()];
        content.get().get(bytes);
        return Optional.of(folder.keep(attachment, bytes));
    }

    private long restore(DiskInfo disk, DiskTarget target) throws IOException {
        var progress = new TransferProgress();
        try (var _ = Ticker.start(() -> line.show(List.of(progress), System.nanoTime()))) {
            return new DiskRestore(reader, cancel, progress).run(disk.name(), target);
        } catch (CancellationException e) {
            throw new VirtException(
                    ErrorCode.OPERATION_ABORTED, ErrorDomain.NONE, "the restore was " + e.getMessage(), e);
        } finally {
            line.clear();
        }
    }

    private String sentence(DiskInfo disk, Path target, long bytes) {
        return "Disk '%s' of backup %s restored to '%s': %s of data"
                .formatted(disk.name(), reader.info().id(), target, Humane.size(bytes));
    }

    private JsonObject result(List<JsonObject> disks, Optional<String> defined) {
        return new JsonObject()
                .put("domain", reader.info().domain())
                .put("backup", reader.info().id())
                .put("instant", reader.info().instant())
                .put("disks", disks)
                .putText("defined", defined);
    }

    private static JsonObject json(DiskInfo disk, Path target, String format, long bytes) {
        return new JsonObject()
                .put("name", disk.name())
                .put("path", target.toString())
                .put("format", format)
                .put("sizeBytes", disk.sizeBytes())
                .put("dataBytes", bytes);
    }
}
