package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.model.DiskSource;
import org.virtkeep.qemu.state.Json;

/// QEMU's names of images that no plain name can describe: `json:{…}` with the options of their nodes.
/// Stateless.
final class JsonFileName {
    private static final String PREFIX = "json:";
    private static final int MAX_DEPTH = 16;

    private JsonFileName() {}

    /// Where the data is in the end; empty if that is no file, block device or NBD export.
    static Optional<DiskSource> source(String name) {
        try {
            JsonNode options =
                    Json.parse("image name", name.substring(PREFIX.length()).getBytes(StandardCharsets.UTF_8));
            return source(options, 0);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<DiskSource> source(JsonNode options, int depth) {
        if (depth < MAX_DEPTH && options.path("file").isObject()) {
            return source(options.path("file"), depth + 1);
        }
        return switch (options.path("driver").asText()) {
            case "file" -> filename(options).map(DiskSource.File::new);
            case "host_device" -> filename(options).map(DiskSource.Block::new);
            case "nbd" -> Optional.of(nbd(options));
            default -> Optional.empty();
        };
    }

    private static Optional<String> filename(JsonNode options) {
        return Optional.of(options.path("filename").asText())
                .filter(name -> Path.of(name).isAbsolute());
    }

    private static DiskSource nbd(JsonNode options) {
        JsonNode server = options.path("server");
        String export = options.path("export").asText();
        return server.path("type").asText().equals("unix")
                ? new DiskSource.Nbd(Optional.of(server.path("path").asText()), Optional.empty(), 0, export)
                : new DiskSource.Nbd(
                        Optional.empty(),
                        Optional.of(server.path("host").asText()),
                        server.path("port").asInt(),
                        export);
    }
}
