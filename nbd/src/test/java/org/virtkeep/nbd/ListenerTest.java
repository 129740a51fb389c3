package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.NbdAddress;

class ListenerTest {

    @TempDir
    Path directory;

    @Test
    void aSocketIsForItsOwnerOnlyAndGoesWithTheListener() throws IOException {
        Path path = directory.resolve("s");
        try (var listener = Listener.open(unix(path))) {
            assertThat(listener.address()).isEqualTo(unix(path));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aSocketMayBeForAGroupToo() throws IOException {
        Path path = directory.resolve("s");
        String group = Files.readAttributes(directory, PosixFileAttributes.class)
                .group()
                .getName();
        try (var _ = Listener.open(unix(path), Optional.of(group))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-rw----");
        }
        assertThatThrownBy(() -> Listener.open(unix(path), Optional.of("no-such-group")))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("there is no group 'no-such-group'");
        assertThat(path).doesNotExist();
    }

    @Test
    void aSocketThatNobodyListensOnIsReplaced() throws IOException {
        Path path = directory.resolve("s");
        Path moved = directory.resolve("moved");
        try (var _ = Listener.open(unix(path))) {
            Files.move(path, moved);
        }
        assertThat(moved).exists();
        Listener.open(unix(moved)).close();
        assertThat(moved).doesNotExist();
    }

    @Test
    void aSocketThatSomebodyListensOnIsLeftAlone() throws IOException {
        Path path = directory.resolve("s");
        try (var first = Listener.open(unix(path))) {
            assertThatThrownBy(() -> Listener.open(unix(path)))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("in use");
            assertThat(path).exists();
            assertThat(first.address()).isEqualTo(unix(path));
        }
    }

    @Test
    void anotherFileIsLeftAlone() throws IOException {
        Path path = Files.writeString(directory.resolve("s"), "precious");
        assertThatThrownBy(() -> Listener.open(unix(path)))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("not a socket");
        assertThat(path).hasContent("precious");
    }

    @Test
    void aSocketThatSomebodyPutInOurPlaceIsLeftAlone() throws IOException {
        Path path = directory.resolve("s");
        var first = Listener.open(unix(path));
        Files.delete(path);
        try (var _ = Listener.open(unix(path))) {
            first.close();
            assertThat(path).exists();
        }
    }

    @Test
    void aPathThatIsTooLongIsRefusedWithItsLimit() {
        Path path = directory.resolve("x".repeat(108));
        assertThatThrownBy(() -> Listener.open(unix(path)))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("at most 107");
    }

    @Test
    void aFolderThatIsMissingIsNamed() {
        assertThatThrownBy(() -> Listener.open(unix(directory.resolve("no/s"))))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("no/s");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (var first = Listener.open(new NbdAddress.Tcp("127.0.0.1", 0))) {
            assertThatThrownBy(() -> Listener.open(first.address()))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1:" + ((NbdAddress.Tcp) first.address()).port());
        }
    }

    @Test
    void aHostThatIsNotKnownIsNamed() {
        assertThatThrownBy(() -> Listener.open(new NbdAddress.Tcp("no-such-host.invalid", 0)))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    private static NbdAddress.Unix unix(Path path) {
        return new NbdAddress.Unix(path.toString());
    }
}
