package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.VirtException;

/// The bitmaps that are stored in a closed image, as `qemu-img info` tells them.
///
/// @param filename the image's
/// @param format   such as `qcow2`
public record ImageBitmaps(String filename, String format, long virtualSizeBytes, List<Bitmap> bitmaps) {
    public ImageBitmaps {
        bitmaps = List.copyOf(bitmaps);
    }

    /// One bitmap (`Qcow2BitmapInfo`).
    ///
    /// @param inUse     flag `in-use`: whoever had the image open has not stored it
    /// @param recording flag `auto`: it records when the image is opened again
    public record Bitmap(String name, long granularityBytes, boolean inUse, boolean recording) {}

    /// Those of a disk's images, the active one first.
    ///
    /// @throws VirtException SYSTEM_ERROR (storage) if an image cannot be read; RESOURCE_BUSY if another program
    ///     has it open, so that its flags mean nothing
    public static List<ImageBitmaps> of(DomainDisk disk) {
        var images = new ArrayList<ImageBitmaps>();
        ImageChain.inspect(disk, disk.source().orElseThrow()).forEach(image -> images.add(read(image)));
        if (images.stream().anyMatch(ImageBitmaps::hasOpenOnes)) {
            ImageChain.requireUnlocked(disk);
        }
        return List.copyOf(images);
    }

    private boolean hasOpenOnes() {
        return bitmaps.stream().anyMatch(Bitmap::inUse);
    }

    private static ImageBitmaps read(JsonNode image) {
        var bitmaps = new ArrayList<Bitmap>();
        for (JsonNode bitmap : image.at("/format-specific/data/bitmaps")) {
            bitmaps.add(new Bitmap(
                    bitmap.path("name").asText(),
                    bitmap.path("granularity").asLong(),
                    has(bitmap, "in-use"),
                    has(bitmap, "auto")));
        }
        return new ImageBitmaps(
                image.path("filename").asText(),
                image.path("format").asText(),
                image.path("virtual-size").asLong(),
                bitmaps);
    }

    private static boolean has(JsonNode bitmap, String flag) {
        for (JsonNode each : bitmap.path("flags")) {
            if (each.asText().equals(flag)) {
                return true;
            }
        }
        return false;
    }
}
