package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.Json;

/// Reads from the image headers what a disk's images are, so that QEMU need not guess. Stateless.
public final class ImageChain {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ImageChain() {}

    /// The images of a disk, the active one first. The images may be in use.
    ///
    /// @throws VirtException SYSTEM_ERROR (storage) naming the disk if an image cannot be read;
    ///     CONFIG_UNSUPPORTED if the chain holds something that cannot be opened explicitly
    public static List<ImageLayer> of(DomainDisk disk) {
        DiskSource top = disk.source().orElseThrow(() -> new IllegalArgumentException("the drive is empty"));
        if (disk.format().equals("raw")) {
            requireReadable(disk, top);
            return List.of(new ImageLayer(top, "raw", Optional.empty(), false));
        }
        var layers = new ArrayList<ImageLayer>();
        DiskSource source = top;
        for (JsonNode image : inspect(disk, top)) {
            requireSound(disk, image);
            layers.add(layer(disk, source, image, layers.isEmpty()));
            if (image.hasNonNull("full-backing-filename")) {
                requireFormat(disk, image);
                source = backing(disk, image);
            }
        }
        return List.copyOf(layers);
    }

    private static void requireReadable(DomainDisk disk, DiskSource source) {
        Optional<String> path = switch (source) {
            case DiskSource.File(String file) -> Optional.of(file);
            case DiskSource.Block(String device) -> Optional.of(device);
            case DiskSource.Nbd _ -> Optional.empty();
        };
        path.map(Path::of).filter(file -> !Files.isReadable(file)).ifPresent(file -> {
            throw unreadable(disk, Files.exists(file) ? "permission denied" : "no such file");
        });
    }

    private static VirtException unreadable(DomainDisk disk, String why) {
        return new VirtException(
                ErrorCode.SYSTEM_ERROR,
                ErrorDomain.STORAGE,
                "cannot open image '%s' of disk '%s': %s"
                        .formatted(disk.source().map(DiskSource::describe).orElse(""), disk.target(), why));
    }

    static Iterable<JsonNode> inspect(DomainDisk disk, DiskSource source) {
        requireReadable(disk, source);
        var command = new ArrayList<>(List.of("qemu-img", "info", "--output=json", "--backing-chain", "-U"));
        if (source instanceof DiskSource.Nbd) {
            ObjectNode options = Json.object().put("driver", disk.format());
            options.set("file", BlockNodes.protocol(source));
            command.add("json:" + options);
        } else {
            command.addAll(List.of("-f", disk.format(), source.describe()));
        }
        Program.Result result = Program.run(command, Deadline.in(LIMIT));
        if (!result.succeeded()) {
            throw unreadable(disk, result.complaint());
        }
        try {
            return Json.parse("qemu-img info", result.output().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unreadable(disk, e.getMessage());
        }
    }

    private static ImageLayer layer(DomainDisk disk, DiskSource source, JsonNode image, boolean active) {
        Optional<String> defined = active ? disk.dataFile().map(DiskSource::describe) : Optional.empty();
        JsonNode specific = image.path("format-specific").path("data");
        Optional<String> recorded = Optional.of(specific.path("data-file"))
                .filter(JsonNode::isTextual)
                .map(name -> beside(source, name.asText()));
        return new ImageLayer(
                source,
                image.path("format").asText(),
                defined.or(() -> recorded),
                !specific.path("bitmaps").isEmpty());
    }

    /// Sizes of a disk's active image.
    ///
    /// @param virtualSizeBytes what a guest sees
    /// @param allocatedBytes   what it takes on the host
    public record ImageSize(long virtualSizeBytes, long allocatedBytes) {}

    /// How large a disk is. The images may be in use.
    ///
    /// @throws VirtException SYSTEM_ERROR (storage) naming the disk if the image cannot be read
    public static ImageSize size(DomainDisk disk) {
        DiskSource source = disk.source().orElseThrow(() -> new IllegalArgumentException("the drive is empty"));
        JsonNode image = inspect(disk, source).iterator().next();
        return new ImageSize(
                image.path("virtual-size").asLong(), image.path("actual-size").asLong());
    }

    /// Checks that nobody else holds the disk's images in a way that keeps QEMU from opening them.
    ///
    /// The active image is opened for writing as if it were raw, which takes QEMU's lock and changes nothing.
    ///
    /// @throws VirtException RESOURCE_BUSY naming the disk
    static void requireUnlocked(DomainDisk disk) {
        DiskSource source = disk.source().orElseThrow();
        if (source instanceof DiskSource.Nbd || disk.readOnly()) {
            return;
        }
        Program.Result result =
                Program.run(List.of("qemu-io", "-f", "raw", "-c", "quit", source.describe()), Deadline.in(LIMIT));
        if (!result.succeeded()) {
            throw VirtException.qemu(
                    ErrorCode.RESOURCE_BUSY,
                    "image '%s' of disk '%s' cannot be opened for writing: %s"
                            .formatted(source.describe(), disk.target(), result.complaint()));
        }
    }

    /// Names in a header are relative to the directory of their image.
    private static String beside(DiskSource source, String name) {
        return source instanceof DiskSource.Nbd || name.startsWith("/")
                ? name
                : Path.of(source.describe()).resolveSibling(name).normalize().toString();
    }

    /// QEMU does not open such an image for writing.
    private static void requireSound(DomainDisk disk, JsonNode image) {
        if (image.at("/format-specific/data/corrupt").asBoolean()) {
            String name = image.path("filename").asText();
            throw VirtException.qemu(
                    ErrorCode.OPERATION_FAILED,
                    "disk '%s': image '%s' is marked as corrupt; repair it with `qemu-img check -r all '%s'`"
                            .formatted(disk.target(), name, name));
        }
    }

    private static void requireFormat(DomainDisk disk, JsonNode image) {
        if (!image.hasNonNull("backing-filename-format")) {
            String name = image.path("filename").asText();
            throw unsupported(
                    disk,
                    "image '%s' does not say which format its backing image has; tell it with `qemu-img rebase -u -F FORMAT -b '%s' '%s'`"
                            .formatted(name, image.path("backing-filename").asText(), name));
        }
    }

    private static DiskSource backing(DomainDisk disk, JsonNode image) {
        String name = image.path("full-backing-filename").asText();
        if (name.startsWith("json:") || name.contains("://")) {
            throw unsupported(disk, "backing image '%s' is neither a file nor a block device".formatted(name));
        }
        return localSource(name);
    }

    /// A file or a block device, by what the path is.
    static DiskSource localSource(String path) {
        return Files.exists(Path.of(path)) && !Files.isRegularFile(Path.of(path)) && path.startsWith("/dev/")
                ? new DiskSource.Block(path)
                : new DiskSource.File(path);
    }

    private static VirtException unsupported(DomainDisk disk, String why) {
        return VirtException.qemu(ErrorCode.CONFIG_UNSUPPORTED, "disk '%s': %s".formatted(disk.target(), why));
    }
}
