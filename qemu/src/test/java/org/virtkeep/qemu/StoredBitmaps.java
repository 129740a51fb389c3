package org.virtkeep.qemu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.testkit.Images;

/// The bitmaps that an image which nobody has open for writing holds.
final class StoredBitmaps {
    private StoredBitmaps() {}

    /// Their names; for one that does not record, or that was not closed properly, its flags too.
    static List<String> of(Path image) {
        var found = new ArrayList<String>();
        for (var bitmap : Images.info(image).at("/format-specific/data/bitmaps")) {
            var flags = new ArrayList<String>();
            bitmap.path("flags").forEach(flag -> flags.add(flag.asText()));
            String name = bitmap.path("name").asText();
            found.add(flags.equals(List.of("auto")) ? name : name + " " + flags);
        }
        found.sort(null);
        return found;
    }
}
