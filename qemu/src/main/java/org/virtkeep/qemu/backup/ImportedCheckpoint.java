package org.virtkeep.qemu.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.qemu.session.DomainSession;

/// The definition of a checkpoint of which only bitmaps are known. Stateless.
final class ImportedCheckpoint {

    /// A name by default, which is the time of creation in seconds since the epoch.
    private static final Pattern TIME = Pattern.compile("[1-9][0-9]{8,10}");

    private ImportedCheckpoint() {}

    /// What it followed is not known, so it has no parent; when it was created is only known if its name tells,
    /// otherwise it counts as created now.
    ///
    /// @param tracked targets of the disks with a sound bitmap
    /// @return empty if a checkpoint cannot have this name
    static Optional<CheckpointDefinition> of(DomainSession session, String name, Set<String> tracked) {
        if (!CheckpointXml.isName(name)) {
            return Optional.empty();
        }
        List<CheckpointDisk> disks = session.definition().disks().stream()
                .map(disk -> disk(disk.target(), name, tracked.contains(disk.target())))
                .toList();
        return Optional.of(new CheckpointDefinition(
                Optional.of(name),
                Optional.empty(),
                OptionalLong.of(time(name)),
                Optional.empty(),
                Optional.of(disks),
                Optional.of(session.definition().document())));
    }

    private static CheckpointDisk disk(String target, String name, boolean tracked) {
        return new CheckpointDisk(
                target, tracked, tracked ? Optional.of(name) : Optional.empty(), OptionalLong.empty());
    }

    private static long time(String name) {
        long now = Instant.now().getEpochSecond();
        return TIME.matcher(name).matches() ? Math.min(Long.parseLong(name), now) : now;
    }
}
