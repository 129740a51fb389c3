/// Tells whether a domain's files have been changed since somebody looked at them, without looking at them again.
///
/// Start with [org.virtkeep.qemu.watch.FolderStates]. Every state file is replaced by another, never written to, so
/// whoever changes one changes its directory: by the times of directories, or cheaper, by what the kernel tells of
/// them.
package org.virtkeep.qemu.watch;
