package org.virtkeep.qemu.watch;

import java.util.Optional;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

/// The present state of the directories of a root. Thread-safe.
public sealed interface FolderStates extends AutoCloseable permits PolledFolders, WatchedFolders, LazyWatch {

    /// Of the directory that holds those of all domains: their names. Empty if it is not there.
    Optional<FolderState> ofNames();

    /// Of what makes a domain known, defined and held by a process. Empty if it is not there.
    Optional<FolderState> ofDomain(DomainFolder folder);

    /// Of what is recorded of a domain's jobs, checkpoints and snapshots. Empty if its directory is
    /// not there.
    Optional<FolderState> ofRecords(DomainFolder folder);

    /// Of all that is recorded of a domain. Empty if its directory is not there.
    Optional<FolderState> ofAll(DomainFolder folder);

    /// Of all directories that were asked for until now, one by one. Empty if it takes as long to find out as to
    /// ask for each of them.
    Optional<FolderState> ofEverything();

    /// Lets go of what it takes to know them; who still asks is answered as by [#polled]. Idempotent.
    @Override
    void close();

    /// By a look at the directories each time.
    static FolderStates polled(Root root) {
        return new PolledFolders(root);
    }

    /// By what the kernel tells, for a process that lives long and has many questions; as [#polled] in its first
    /// second, or where the kernel cannot tell, or if this module was not given native access.
    static FolderStates watched(Root root) {
        return Inotify.isPermitted() ? new LazyWatch(root) : polled(root);
    }
}
