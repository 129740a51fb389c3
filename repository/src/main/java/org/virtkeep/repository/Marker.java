package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds what backups need: of every chunk and page one copy, the same for everybody who looks at the same
/// packs. A page that was seen is not walked again, so the cost grows with what differs between backups.
/// Memory: one bit per index entry. Confined to one thread.
final class Marker {
    private final IndexView view;
    private final PageReader pages;
    private final EntryReader entries;
    private final ChunkStore.Exclusions avoided;
    private final Task task;
    private final BitSet[] marked;
    private final Set<IndexEntry> markedLoose = new HashSet<>();
    private final Map<ContentHash, Long> liveBytes = new HashMap<>();

    /// Pages below which something is wrong.
    private final Set<ContentHash> faulty = new HashSet<>();

    private final List<Problem> problems = new ArrayList<>();

    /// Something a backup needs that is not there or not good.
    record Problem(ContentHash id, String message) {}

    /// @param avoided copies that are taken only if there is no other: those in condemned packs
    /// @param task ends the walk when it is cancelled
    Marker(RepositoryParts parts, IndexView view, ChunkStore.Exclusions avoided, Task task) {
        this.task = task;
        this.view = view;
        this.pages = parts.pages();
        this.entries = parts.entries();
        this.avoided = avoided;
        this.marked = new BitSet[view.segments().size()];
        for (int segment = 0; segment < marked.length; segment++) {
            marked[segment] = new BitSet(view.segments().get(segment).entryCount());
        }
    }

    /// Marks what a disk needs.
    ///
    /// @return whether all of it is there
    boolean mark(ContentHash root, MapShape shape) throws IOException {
        return root.isZero() || markPage(root, shape.height() - 1);
    }

    private boolean markPage(ContentHash id, int level) throws IOException {
        task.check();
        Optional<IndexView.Copy> copy = choose(id);
        if (copy.isEmpty()) {
            return problem(id, "map page %s is in no pack".formatted(id));
        }
        if (!setMark(copy.get())) {
            return !faulty.contains(id);
        }
        MapPage page;
        try {
            page = pages.page(id);
        } catch (RepositoryException.Missing | RepositoryException.Corrupt e) {
            return problem(id, e.getMessage());
        }
        boolean whole = true;
        for (int entry = 0; entry < MapPage.ENTRIES; entry++) {
            ContentHash child = page.get(entry);
            if (!child.isZero()) {
                whole &= level == 0 ? markChunk(child) : markPage(child, level - 1);
            }
        }
        if (!whole) {
            faulty.add(id);
        }
        return whole;
    }

    private boolean markChunk(ContentHash id) throws IOException {
        Optional<IndexView.Copy> copy = choose(id);
        if (copy.isEmpty()) {
            return problem(id, "chunk %s is in no pack".formatted(id));
        }
        setMark(copy.get());
        return true;
    }

    private boolean problem(ContentHash id, String message) {
        if (faulty.add(id)) {
            problems.add(new Problem(id, message));
        }
        return false;
    }

    private Optional<IndexView.Copy> choose(ContentHash id) throws IOException {
        return choose(view, avoided, id);
    }

    /// The copy that counts: not avoided if possible, then the one with the smallest pack id.
    static Optional<IndexView.Copy> choose(IndexView view, ChunkStore.Exclusions avoided, ContentHash id)
            throws IOException {
        return view.copies(id).stream()
                .min(Comparator.comparing((IndexView.Copy copy) -> avoided.excludes(copy.entry()))
                        .thenComparing(copy -> copy.entry().pack())
                        .thenComparing(copy -> copy.entry().offset()));
    }

    /// @return false if it was marked before
    private boolean setMark(IndexView.Copy copy) {
        boolean before;
        if (copy.segment() < 0) {
            before = !markedLoose.add(copy.entry());
        } else {
            before = marked[copy.segment()].get(copy.ordinal());
            marked[copy.segment()].set(copy.ordinal());
        }
        if (!before) {
            liveBytes.merge(copy.entry().pack(), (long) copy.entry().totalLength(), Long::sum);
        }
        return !before;
    }

    boolean isMarked(ContentHash id, IndexEntry place) throws IOException {
        Optional<IndexView.Copy> copy = choose(id);
        if (copy.isEmpty() || !copy.get().entry().equals(place)) {
            return false;
        }
        IndexView.Copy chosen = copy.get();
        return chosen.segment() < 0 ? markedLoose.contains(place) : marked[chosen.segment()].get(chosen.ordinal());
    }

    /// Bytes in a pack that some backup needs.
    long liveBytes(ContentHash pack) {
        return liveBytes.getOrDefault(pack, 0L);
    }

    List<Problem> problems() {
        return problems;
    }

    IndexView view() {
        return view;
    }

    EntryReader entries() {
        return entries;
    }
}
