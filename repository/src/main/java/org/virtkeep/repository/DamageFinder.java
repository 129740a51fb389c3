package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.virtkeep.model.ByteRange;

/// Finds which parts of a disk rest on chunks that have no good copy, as far as checks have noted. Costs
/// nothing when nothing is noted, else a walk over the disk's map. Confined to one thread.
final class DamageFinder {
    private final RepositoryParts parts;
    private final Damage damage;

    DamageFinder(RepositoryParts parts) throws IOException {
        this.parts = parts;
        this.damage = Damage.load(parts.storage(), parts.config().id());
    }

    /// Ranges of whole chunks, in order, cut at the end of the disk; neighbours are not joined.
    ///
    /// @throws RepositoryException.Corrupt if the map itself is damaged: such a disk must be read as a
    ///     whole
    List<ByteRange> find(DiskInfo disk) throws IOException {
        var ranges = new ArrayList<ByteRange>();
        if (damage.copies().isEmpty()) {
            return ranges;
        }
        MapShape shape = parts.shape(disk);
        parts.index().refresh();
        parts.pages().forEachChunk(disk.root(), shape, 0, shape.chunkCount(), (chunk, id) -> {
            if (parts.index().copies(id).stream().allMatch(copy -> damage.contains(copy.entry()))) {
                ranges.add(new ByteRange(chunk * shape.chunkBytes(), shape.lengthOf(chunk)));
            }
            return true;
        });
        return ranges;
    }
}
