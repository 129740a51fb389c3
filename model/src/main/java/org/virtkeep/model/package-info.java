/// Domains, disks, checkpoints and backups as immutable records, with the XML that libvirt reads and writes.
///
/// Everything here is immutable and may be used from any thread; nothing here does I/O or logs. Start with
/// [org.virtkeep.model.DomainDefinition], [org.virtkeep.model.BackupRequest] and
/// [org.virtkeep.model.CheckpointDefinition]; every refusal is a [org.virtkeep.model.VirtException].
package org.virtkeep.model;
