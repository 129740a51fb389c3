package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeakCheckTest {

    @TempDir
    Path directory;

    @Test
    void findsAnOpenFileASocketAndAProcessUntilTheyAreClosed() throws IOException {
        var leaks = LeakCheck.begin();
        try (var file = FileChannel.open(
                        directory.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                var child = ChildProcess.start("sleep", List.of("sleep", "1000"))) {
            socket.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
            assertThat(file.isOpen() && child.isAlive()).isTrue();
            assertThatThrownBy(() -> leaks.requireNone(Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("open: " + directory.resolve("file"))
                    .hasMessageContaining("open: socket:")
                    .hasMessageContaining("process: " + child.pid());
        }
        leaks.requireNone();
    }
}
