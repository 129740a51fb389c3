package org.virtkeep.qemu.watch;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.qemu.state.DomainFolder;

/// The watches of one domain's directories, and the last changes that they told of. Guarded by the lock of
/// [WatchedFolders].
final class WatchedDomain {
    private static final List<String> VOLATILE = List.of(".progress", ".progress.new", ".reader", ".reader.new");

    private final DomainFolder folder;
    private final Map<Part, Integer> watches = new EnumMap<>(Part.class);
    private FolderVersion own;
    private FolderVersion all;
    private FolderVersion records;
    private boolean whole;

    /// A directory of a domain.
    enum Part {
        /// The domain's folder, which holds the others.
        OWN,
        JOBS,
        CHECKPOINTS,
        SNAPSHOTS,
        BLOCK_JOBS;

        /// True for a file that tells nothing which may be remembered: how far the readers of a backup
        /// are.
        boolean passesOver(String name) {
            return this == JOBS && VOLATILE.stream().anyMatch(name::endsWith);
        }

        Path of(DomainFolder folder) {
            return switch (this) {
                case OWN -> folder.path();
                case JOBS -> folder.jobs();
                case CHECKPOINTS -> folder.checkpoints();
                case SNAPSHOTS -> folder.snapshots();
                case BLOCK_JOBS -> folder.blockJobs();
            };
        }
    }

    WatchedDomain(DomainFolder folder, FolderVersion now) {
        this.folder = folder;
        this.own = now;
        this.all = now;
        this.records = now;
    }

    DomainFolder folder() {
        return folder;
    }

    Map<Part, Integer> watches() {
        return watches;
    }

    /// The last change of [Part#OWN].
    FolderVersion own() {
        return own;
    }

    /// The last change of any part but [Part#OWN].
    FolderVersion records() {
        return records;
    }

    /// The last change of any part.
    FolderVersion all() {
        return all;
    }

    /// True while all parts are watched that there are.
    boolean isWhole() {
        return whole;
    }

    void setWhole(boolean isWhole) {
        whole = isWhole;
    }

    void changed(Part part, FolderVersion now) {
        all = now;
        if (part == Part.OWN) {
            own = now;
        } else {
            records = now;
        }
    }

    /// The part that has this name in [Part#OWN].
    Optional<Part> named(String name) {
        return Arrays.stream(Part.values())
                .filter(part -> part != Part.OWN)
                .filter(part -> part.of(folder).getFileName().toString().equals(name))
                .findFirst();
    }
}
