package org.virtkeep.qemu;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qemu.watch.FolderState;
import org.virtkeep.qemu.watch.FolderStates;

/// The folders of a root's domains by their names, which are read again only when there may be others. Thread-safe.
final class DomainFolders {
    private final Root root;
    private final FolderStates states;
    private volatile Listing last = new Listing(Optional.empty(), Map.of());

    /// @param state of the directory before it was read; empty if a change of it might not show
    private record Listing(Optional<FolderState> state, Map<String, DomainFolder> folders) {}

    DomainFolders(Root root, FolderStates states) {
        this.root = root;
        this.states = states;
    }

    /// Of all domains that there may be: of some, only records are left. In the order of their names.
    Collection<DomainFolder> all() {
        Listing known = last;
        Optional<FolderState> now = states.ofNames();
        if (now.isEmpty() || !now.equals(known.state)) {
            known = read(now);
            last = known;
        }
        return known.folders.values();
    }

    private Listing read(Optional<FolderState> before) {
        var folders = new LinkedHashMap<String, DomainFolder>();
        Map<String, DomainFolder> known = last.folders;
        for (String name : root.candidates()) {
            DomainFolder folder = known.get(name);
            folders.put(name, folder == null ? root.folder(name) : folder);
        }
        return new Listing(before.filter(FolderState::showsChanges), Collections.unmodifiableMap(folders));
    }

    /// As [Root#folder]; it need not exist.
    DomainFolder of(String name) {
        DomainFolder known = last.folders.get(name);
        return known == null ? root.folder(name) : known;
    }
}
