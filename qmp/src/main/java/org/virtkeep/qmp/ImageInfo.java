package org.virtkeep.qmp;

import java.util.Optional;

/// An image as its format driver sees it (`ImageInfo`).
///
/// @param filename what it stands for, in QEMU's words
/// @param format the driver's name
/// @param virtualSizeBytes the size that the guest sees
/// @param actualSizeBytes what it takes on the host; empty if that is unknown
/// @param clusterSizeBytes the allocation unit, if the format has one
/// @param backingFilename the backing file as the image names it
/// @param dataFile the external file that holds the data of a qcow2 image (`data-file`)
/// @param dataFileRaw whether the external data file is a valid raw image by itself
public record ImageInfo(
        String filename,
        String format,
        long virtualSizeBytes,
        Optional<Long> actualSizeBytes,
        Optional<Long> clusterSizeBytes,
        Optional<String> backingFilename,
        Optional<String> dataFile,
        boolean dataFileRaw) {

    static ImageInfo from(JsonObject image) throws QmpException.Protocol {
        JsonObject specific = formatSpecific(image);
        return new ImageInfo(
                image.text("filename"),
                image.text("format"),
                image.number("virtual-size"),
                image.optionalNumber("actual-size"),
                image.optionalNumber("cluster-size"),
                image.optionalText("backing-filename"),
                specific.optionalText("data-file"),
                specific.optionalFlag("data-file-raw").orElse(false));
    }

    /// The members that only this format has, or none.
    private static JsonObject formatSpecific(JsonObject image) throws QmpException.Protocol {
        Optional<JsonObject> specific = image.optionalObject("format-specific");
        return specific.isPresent() ? specific.get().object("data") : JsonObject.of(Json.object(), "data");
    }
}
