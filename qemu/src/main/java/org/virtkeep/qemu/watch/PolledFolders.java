package org.virtkeep.qemu.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

/// Asks for the times of the directories, one system call for each. Immutable.
record PolledFolders(Root root) implements FolderStates {

    @Override
    public Optional<FolderState> ofNames() {
        return of(List.of(root.domains()));
    }

    @Override
    public Optional<FolderState> ofDomain(DomainFolder folder) {
        return of(List.of(folder.path()));
    }

    @Override
    public Optional<FolderState> ofAll(DomainFolder folder) {
        return times(List.of(folder.path(), folder.jobs(), folder.checkpoints(), folder.snapshots()))
                .map(times -> with(times, timeOfBlockJobs(folder)));
    }

    @Override
    public Optional<FolderState> ofEverything() {
        return Optional.empty();
    }

    private static Optional<FolderState> of(List<Path> directories) {
        return times(directories).map(FolderTimes::new);
    }

    private static Optional<List<FileTime>> times(List<Path> directories) {
        var times = new ArrayList<FileTime>(directories.size() + 1);
        try {
            for (Path directory : directories) {
                times.add(Files.getLastModifiedTime(directory));
            }
            return Optional.of(times);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// Their directory is made when there is the first one, which changes the time of the domain's.
    private static FileTime timeOfBlockJobs(DomainFolder folder) {
        try {
            return Files.getLastModifiedTime(folder.blockJobs());
        } catch (IOException _) {
            return FileTime.fromMillis(0);
        }
    }

    private static FolderTimes with(List<FileTime> times, FileTime another) {
        times.add(another);
        return new FolderTimes(List.copyOf(times));
    }

    @Override
    public void close() {}
}
