package org.virtkeep.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Backups of some domains into one repository, and how they are to be made. Paths are absolute.
///
/// @param domains        names; the failure of one is its own
/// @param repository     its folder
/// @param secret         opens it
/// @param stateFolder    where a run leaves its record, so that the next one can clean up after its death
/// @param disks          targets of the disks to back up; empty for all that the guest may write to
/// @param full           reads everything, also where only changes would have to be read
/// @param quiesce        freezes the guest's file systems for the instant
/// @param bytesPerSecond reads no more than that, all domains together
/// @param scratchFolder  where QEMU keeps what the guest overwrites meanwhile; empty for beside each image
/// @param parallel       how many domains are backed up at the same time
public record RepositoryBackupRequest(
        List<String> domains,
        Path repository,
        RepositorySecret secret,
        Path stateFolder,
        List<String> disks,
        boolean full,
        boolean quiesce,
        OptionalLong bytesPerSecond,
        Optional<Path> scratchFolder,
        int parallel) {

    /// The most domains at the same time.
    public static final int MAX_PARALLEL = 64;

    /// @throws IllegalArgumentException for a path that is not absolute, a rate that is not positive, or a number
    ///     of domains at the same time that is not 1 to [#MAX_PARALLEL]
    public RepositoryBackupRequest {
        domains = List.copyOf(domains);
        disks = List.copyOf(disks);
        requireAbsolute(repository);
        requireAbsolute(stateFolder);
        scratchFolder.ifPresent(RepositoryBackupRequest::requireAbsolute);
        if (bytesPerSecond.isPresent() && bytesPerSecond.getAsLong() < 1) {
            throw new IllegalArgumentException("a rate of %d bytes per second".formatted(bytesPerSecond.getAsLong()));
        }
        if (parallel < 1 || parallel > MAX_PARALLEL) {
            throw new IllegalArgumentException("%d domains at the same time".formatted(parallel));
        }
    }

    private static void requireAbsolute(Path path) {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("'%s' is not an absolute path".formatted(path));
        }
    }
}
