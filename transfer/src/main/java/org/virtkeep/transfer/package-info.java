/// Moves disks between NBD exports, image files and a repository.
///
/// Start with [org.virtkeep.transfer.DomainBackup], which makes one backup of one domain, and
/// [org.virtkeep.transfer.DomainRestore], which brings one back. Both work over any connection.
///
/// Threads: each of them uses platform threads of its own for reading, hashing and writing, and ends
/// them before it returns. Interrupts are neither used nor needed: [org.virtkeep.transfer.CancelToken]
/// stops running work.
package org.virtkeep.transfer;
