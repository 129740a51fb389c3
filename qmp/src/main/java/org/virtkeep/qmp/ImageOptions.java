package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/// What `blockdev-create` makes (`BlockdevCreateOptions`, qapi/block-core.json). Immutable: each `with` makes
/// a new one.
public final class ImageOptions {
    private final ObjectNode options;

    private ImageOptions(ObjectNode options) {
        this.options = options;
    }

    /// A regular file of `sizeBytes`; without preallocation it is a hole. An existing file is emptied.
    public static ImageOptions file(Path file, long sizeBytes) {
        return new ImageOptions(
                Json.object("driver", "file").put("filename", file.toString()).put("size", sizeBytes));
    }

    /// An empty qcow2 image in the node `file`, which loses what it holds.
    public static ImageOptions qcow2(String file, long sizeBytes) {
        return new ImageOptions(Json.object("driver", "qcow2").put("file", file).put("size", sizeBytes));
    }

    /// Names the image that this one stands on; QEMU does not look whether it is there.
    public ImageOptions withBackingFile(String filename, String format) {
        return changed(copy().put("backing-file", filename).put("backing-fmt", format));
    }

    /// @param bytes a power of two from 512 to 2 MiB
    public ImageOptions withClusterSize(long bytes) {
        return changed(copy().put("cluster-size", bytes));
    }

    /// @param type `zlib` or `zstd`, for clusters that are written compressed
    public ImageOptions withCompressionType(String type) {
        return changed(copy().put("compression-type", type));
    }

    /// @param mode `off`, `metadata`, `falloc` or `full`
    public ImageOptions withPreallocation(String mode) {
        return changed(copy().put("preallocation", mode));
    }

    /// Keeps the data in the node `dataFile`, in the form of a raw image. An existing raw image stays as it
    /// is only with [#withPreallocation] of `metadata`.
    public ImageOptions withRawDataFile(String dataFile) {
        return changed(copy().put("data-file", dataFile).put("data-file-raw", true));
    }

    /// A copy in QEMU's form.
    public ObjectNode toJson() {
        return copy();
    }

    private ObjectNode copy() {
        return options.deepCopy();
    }

    private static ImageOptions changed(ObjectNode options) {
        return new ImageOptions(options);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ImageOptions that && options.equals(that.options);
    }

    @Override
    public int hashCode() {
        return options.hashCode();
    }

    @Override
    public String toString() {
        return options.toString();
    }
}
