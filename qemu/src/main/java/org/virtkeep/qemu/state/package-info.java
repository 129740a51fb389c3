/// What a root directory holds: domains, their runs, locks, and the journal of events.
///
/// Start with [org.virtkeep.qemu.state.Root]. Nothing here is cached: every read is a read of the disk, so
/// that any number of processes may work on one root. Whoever changes a domain's files holds its
/// [org.virtkeep.qemu.state.OperationLock]; readers need no lock, because files are replaced whole.
package org.virtkeep.qemu.state;
