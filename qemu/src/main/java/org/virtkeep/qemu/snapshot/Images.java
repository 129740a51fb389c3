package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.Program;
import org.virtkeep.qemu.state.Json;

/// What `qemu-img` tells of images and makes of them. The images may be in use while they are looked at.
/// Stateless.
public final class Images {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Images() {}

    /// True if a qcow2 image holds nothing itself, so that all of it is read from its backing image.
    ///
    /// @throws VirtException SYSTEM_ERROR if it cannot be read
    static boolean isEmpty(Path image) {
        JsonNode extents = json(List.of("qemu-img", "map", "-U", "--output=json", "-f", "qcow2", image.toString()));
        for (JsonNode extent : extents) {
            if (extent.path("depth").asInt() == 0 && extent.path("present").asBoolean(true)) {
                return false;
            }
        }
        return true;
    }

    /// What `qemu-img info` says of an image alone.
    ///
    /// @throws VirtException SYSTEM_ERROR if it cannot be read
    public static JsonNode info(Path image) {
        return json(List.of("qemu-img", "info", "-U", "--output=json", image.toString()));
    }

    private static JsonNode json(List<String> command) {
        try {
            return Json.parse(command.get(1), run(command).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failure(command, e.getMessage());
        }
    }

    /// Makes a qcow2 image that rests on another, which must not exist.
    static void create(Path image, DiskSource base, String baseFormat) {
        run(List.of(
                "qemu-img", "create", "-q", "-f", "qcow2", "-b", base.describe(), "-F", baseFormat, image.toString()));
    }

    /// Makes what was written to an image last.
    static void force(Path image) {
        try (var file = java.nio.channels.FileChannel.open(image, java.nio.file.StandardOpenOption.WRITE)) {
            file.force(true);
        } catch (IOException e) {
            throw org.virtkeep.qemu.state.Durable.failure("write", image, e);
        }
    }

    /// Adds a clean bitmap, which records from the next start of the domain on.
    static void addBitmap(Path image, String name, long granularityBytes) {
        run(List.of(
                "qemu-img",
                "bitmap",
                "--add",
                "-g",
                Long.toString(granularityBytes),
                "-f",
                "qcow2",
                image.toString(),
                name));
    }

    private static String run(List<String> command) {
        Program.Result result = Program.run(new ArrayList<>(command), Deadline.in(LIMIT));
        if (!result.succeeded()) {
            throw failure(command, result.complaint());
        }
        return result.output();
    }

    private static VirtException failure(List<String> command, String why) {
        return VirtException.qemu(ErrorCode.SYSTEM_ERROR, "'%s' failed: %s".formatted(String.join(" ", command), why));
    }

    static ObjectNode toJson(DiskSource image) {
        return Json.object().put("block", image instanceof DiskSource.Block).put("path", image.describe());
    }

    static DiskSource fromJson(JsonNode node) throws IOException {
        String path = Json.text(node, "path");
        return Json.flag(node, "block") ? new DiskSource.Block(path) : new DiskSource.File(path);
    }
}
