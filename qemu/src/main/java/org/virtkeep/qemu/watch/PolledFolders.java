package org.virtkeep.qemu.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
    public Optional<FolderState> ofRecords(DomainFolder folder) {
        return Files.isDirectory(folder.path())
                ? Optional.of(new FolderTimes(timesOfRecords(folder)))
                : Optional.empty();
    }

    @Override
    public Optional<FolderState> ofAll(DomainFolder folder) {
        return times(List.of(folder.path())).map(times -> {
            times.addAll(timesOfRecords(folder));
            return new FolderTimes(List.copyOf(times));
        });
    }

    private static List<FileTime> timesOfRecords(DomainFolder folder) {
        return Stream.of(folder.jobs(), folder.checkpoints(), folder.snapshots(), folder.blockJobs())
                .map(PolledFolders::timeOrZero)
                .toList();
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

    /// Of a directory that is made when it is first needed, which changes the time of the domain's.
    private static FileTime timeOrZero(Path directory) {
        try {
            return Files.getLastModifiedTime(directory);
        } catch (IOException _) {
            return FileTime.fromMillis(0);
        }
    }

    @Override
    public void close() {}
}
