package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReaderWatchTest {

    @Test
    void seesThatAPipesReaderHasClosedIt() throws IOException {
        Set<Integer> before = openForWriting();
        Pipe pipe = Pipe.open();
        try (var _ = pipe.sink()) {
            Set<Integer> opened = openForWriting();
            opened.removeAll(before);
            assertThat(opened).hasSize(1);
            int descriptor = opened.iterator().next();
            assertThat(ReaderWatch.isGone(descriptor)).isFalse();
            pipe.source().close();
            assertThat(ReaderWatch.isGone(descriptor)).isTrue();
        }
    }

    /// The descriptors of this process that are pipes' writing ends.
    private static Set<Integer> openForWriting() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            List<Path> all = files.toList();
            return all.stream()
                    .filter(ReaderWatchTest::isWritingEnd)
                    .map(file -> Integer.valueOf(file.getFileName().toString()))
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    private static boolean isWritingEnd(Path file) {
        try {
            String flags = Files.readString(Path.of("/proc/self/fdinfo").resolve(file.getFileName()))
                    .lines()
                    .filter(line -> line.startsWith("flags:"))
                    .findFirst()
                    .orElseThrow();
            return Files.readSymbolicLink(file).toString().startsWith("pipe:") && flags.endsWith("1");
        } catch (IOException e) {
            return false; // closed meanwhile, such as the directory that is being listed
        }
    }
}
