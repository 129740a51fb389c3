package org.virtkeep.repository;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A committed backup, as its manifest tells. Immutable.
///
/// @param id unique in the repository; begins with the instant
/// @param sequence grows with every backup of a domain: the order of backups, whatever the clocks said
/// @param instant the point in time the backup stands for
/// @param committed when the manifest was written
/// @param base the backup that this one inherited from (of several, the newest); it may have been deleted since
/// @param disks in the order of the plan
/// @param attachments files that belong to the backup, such as the domain's XML
/// @param storedBytes size of the packs that this backup added to the repository
public record BackupInfo(
        String id,
        String domain,
        long sequence,
        Instant instant,
        Instant committed,
        Optional<String> base,
        boolean quiesced,
        List<String> checkpoints,
        Map<String, String> labels,
        List<DiskInfo> disks,
        List<DiskInfo> attachments,
        long storedBytes) {

    public BackupInfo {
        checkpoints = List.copyOf(checkpoints);
        labels = Map.copyOf(labels);
        disks = List.copyOf(disks);
        attachments = List.copyOf(attachments);
    }

    /// The disk with this name.
    public Optional<DiskInfo> disk(String name) {
        return disks.stream().filter(disk -> disk.name().equals(name)).findFirst();
    }

    /// The attachment with this name.
    public Optional<DiskInfo> attachment(String name) {
        return attachments.stream().filter(file -> file.name().equals(name)).findFirst();
    }
}
