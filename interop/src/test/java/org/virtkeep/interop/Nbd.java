package org.virtkeep.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.model.ByteRange;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Json;
import org.virtkeep.testkit.Tool;

/// Other people's NBD clients. Stateless.
final class Nbd {
    private Nbd() {}

    /// What `nbdinfo --list` tells of the server that an export is on.
    static JsonNode list(String uri) {
        return Json.parse(Tool.run("nbdinfo", "--list", "--json", uri));
    }

    /// An extent of a context.
    record Extent(ByteRange range, int flags) {}

    /// What `nbdinfo --map` tells.
    static List<Extent> map(String uri, String context) {
        var extents = new ArrayList<Extent>();
        for (JsonNode extent : Json.parse(Tool.run("nbdinfo", "--json", "--map=" + context, uri))) {
            var range = new ByteRange(
                    extent.path("offset").asLong(), extent.path("length").asLong());
            extents.add(new Extent(range, extent.path("type").asInt()));
        }
        return extents;
    }

    /// The extents of a bitmap that are dirty.
    static List<ByteRange> dirty(String uri, String bitmap) {
        return map(uri, "qemu:dirty-bitmap:" + bitmap).stream()
                .filter(extent -> extent.flags() != 0)
                .map(Extent::range)
                .toList();
    }

    /// Everything that an export holds, as a raw file.
    static Path copy(String uri, Path file) {
        Tool.run("nbdcopy", uri, file.toString());
        return file;
    }

    static Path convert(String uri, Path file) {
        Tool.run("qemu-img", "convert", "-f", "raw", "-O", "raw", uri, file.toString());
        return file;
    }

    /// Fetches what changed into a qcow2 layer over `before`, as scripts/demo does: an overlay whose backing image
    /// is the export copies on read whatever is read through it.
    ///
    /// @param before the restore point before this one
    /// @param format of `before`
    static Path fetchChanges(String uri, String bitmap, Path before, String format, Path layer) {
        Tool.run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", uri, layer.toString());
        var fetch = new ArrayList<>(List.of("qemu-io", "-C", "-f", "qcow2"));
        for (ByteRange range : dirty(uri, bitmap)) {
            fetch.addAll(List.of("-c", "read %d %d".formatted(range.offset(), range.length())));
        }
        fetch.add(layer.toString());
        Tool.run(fetch);
        Tool.run("qemu-img", "rebase", "-u", "-F", format, "-b", before.toString(), layer.toString());
        return layer;
    }

    /// The restore point that a layer of [#fetchChanges] stands for, as a raw file.
    static Path restored(Path layer, Path file) {
        return Images.convert(layer, "qcow2", file, "raw");
    }
}
