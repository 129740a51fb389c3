package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("interop")
class TinyTmpfsIT {

    @TempDir
    Path directory;

    @Test
    void isFullWhenFilledAndHasRoomWhenDrained() throws IOException {
        try (var small = TinyTmpfs.mount(directory, "small", 1 << 20)) {
            small.fillUpTo(8192);
            Path file = small.folder().resolve("file");
            assertThatThrownBy(() -> Files.write(file, new byte[65536])).isInstanceOf(IOException.class);
            small.drain();
            Files.write(file, new byte[65536]);
        }
        assertThat(Files.list(directory.resolve("small"))).isEmpty();
    }
}
