/// The backup repository: stores, verifies, restores and prunes backups of disk images.
///
/// Start with [org.virtkeep.repository.Repository]: [org.virtkeep.repository.Repository#begin] gives a
/// [org.virtkeep.repository.BackupWriter], [org.virtkeep.repository.Repository#reader] a
/// [org.virtkeep.repository.BackupReader]. Where objects are kept is a [org.virtkeep.repository.Storage],
/// such as [org.virtkeep.repository.LocalStorage]. Everything refused is an `IOException`, most often a
/// [org.virtkeep.repository.RepositoryException].
///
/// Threads: callers hash and compress in their own threads; packs are stored, and disks decoded, by
/// platform threads of the repository, because bulk file I/O on virtual threads stalls all others.
/// Interrupts are not used and not needed. The bytes on disk are described in `docs/formats/repository.md`.
package org.virtkeep.repository;
