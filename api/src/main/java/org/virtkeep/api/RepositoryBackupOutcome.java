package org.virtkeep.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.VirtException;

/// How the backup of one domain went: either a report or a failure.
///
/// @param domain its name, or what was named and is no domain
/// @param notes  for people, in the order in which they were told
public record RepositoryBackupOutcome(
        String domain, Optional<Report> report, Optional<VirtException> failure, List<String> notes) {

    public RepositoryBackupOutcome {
        notes = List.copyOf(notes);
    }

    /// A backup was made.
    public static RepositoryBackupOutcome done(String domain, Report report, List<String> notes) {
        return new RepositoryBackupOutcome(domain, Optional.of(report), Optional.empty(), notes);
    }

    /// There is no new backup, and the domain runs on as before; what could not be removed at once the next backup
    /// removes.
    public static RepositoryBackupOutcome failed(String domain, VirtException failure, List<String> notes) {
        return new RepositoryBackupOutcome(domain, Optional.empty(), Optional.of(failure), notes);
    }

    /// A backup as it was committed, and what it took.
    ///
    /// @param backup      its id in the repository
    /// @param sequence    its place among the domain's backups
    /// @param base        the backup it rests on
    /// @param checkpoints made at its instant
    /// @param readBytes   read from the domain
    /// @param storedBytes added to the repository
    /// @param newChunks   chunks and map pages that the repository did not have
    /// @param knownChunks those that it had
    /// @param elapsed     from the first look at the domain to the end
    public record Report(
            String backup,
            Instant instant,
            long sequence,
            Optional<String> base,
            List<String> checkpoints,
            boolean quiesced,
            long readBytes,
            long storedBytes,
            long newChunks,
            long knownChunks,
            Duration elapsed,
            List<Disk> disks) {

        public Report {
            checkpoints = List.copyOf(checkpoints);
            disks = List.copyOf(disks);
        }
    }

    /// How one disk was backed up.
    ///
    /// @param name     its target
    /// @param mode     `incremental` or `full`
    /// @param why      in a few words, for people
    /// @param base     the backup that an incremental rests on
    /// @param treeHash of the whole disk, in hexadecimal digits
    public record Disk(
            String name,
            String mode,
            String why,
            Optional<String> base,
            long sizeBytes,
            long changedBytes,
            String treeHash) {}
}
