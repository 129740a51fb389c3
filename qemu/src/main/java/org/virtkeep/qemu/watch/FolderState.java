package org.virtkeep.qemu.watch;

/// What directories were like at some moment. Equal to a later one if nothing in them was changed between the two,
/// whoever works on them. Immutable.
public sealed interface FolderState permits FolderTimes, FolderVersion {

    /// True if every change from now on leads to another state, so that what is read from now on may be remembered.
    boolean showsChanges();
}
