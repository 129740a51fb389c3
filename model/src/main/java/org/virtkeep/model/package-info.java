/// Domains, disks, checkpoints and backups as immutable records, with the XML that libvirt reads and writes.
///
/// Everything here is immutable and may be used from any thread; nothing here does I/O or logs. Every refusal
/// is a [org.virtkeep.model.VirtException] with libvirt's code and domain.
///
/// Start with the three documents, each a record with a reader beside it:
///
/// - [org.virtkeep.model.DomainDefinition], read by [org.virtkeep.model.DomainXml]; it is written as its own
///   `document()`;
/// - [org.virtkeep.model.BackupRequest], read and written by [org.virtkeep.model.BackupXml], completed for a
///   domain by [org.virtkeep.model.BackupDefaults];
/// - [org.virtkeep.model.CheckpointDefinition], read and written by [org.virtkeep.model.CheckpointXml],
///   completed by [org.virtkeep.model.CheckpointDefaults].
///
/// [org.virtkeep.model.XmlElement] is any other XML.
package org.virtkeep.model;
