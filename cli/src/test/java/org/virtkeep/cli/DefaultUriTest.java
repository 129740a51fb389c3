package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefaultUriTest {
    private static final Path HOME = Path.of("/home/user");
    private static final Predicate<Path> NOBODY = _ -> false;

    @Test
    void isTheUsersStateDirectory() {
        assertThat(DefaultUri.find(Map.of(), false, HOME, NOBODY))
                .isEqualTo("qemu:///embed?root=/home/user/.local/state/virtkeep");
        assertThat(DefaultUri.find(Map.of("XDG_STATE_HOME", "/srv/state"), false, HOME, NOBODY))
                .isEqualTo("qemu:///embed?root=/srv/state/virtkeep");
    }

    @Test
    void isTheMachinesStateDirectoryForTheSuperuser() {
        assertThat(DefaultUri.find(Map.of("XDG_STATE_HOME", "/srv/state"), true, HOME, NOBODY))
                .isEqualTo("qemu:///embed?root=/var/lib/virtkeep");
    }

    @Test
    void isWhatTheEnvironmentSays() {
        assertThat(DefaultUri.find(Map.of("VIRTKEEP_URI", "qemu:///embed?root=/x"), true, HOME, NOBODY))
                .isEqualTo("qemu:///embed?root=/x");
    }

    @Test
    void takesNoNoticeOfEmptyOrRelativeVariables() {
        assertThat(DefaultUri.find(Map.of("VIRTKEEP_URI", "", "XDG_STATE_HOME", "state"), false, HOME, NOBODY))
                .isEqualTo("qemu:///embed?root=/home/user/.local/state/virtkeep");
    }

    @Test
    void encodesWhatMeansSomethingInAUri() {
        assertThat(DefaultUri.find(Map.of("XDG_STATE_HOME", "/a b/c&d+e%"), false, HOME, NOBODY))
                .isEqualTo("qemu:///embed?root=/a%20b/c%26d%2Be%25/virtkeep");
    }

    @Test
    void isOurDaemonIfItListens() {
        assertThat(DefaultUri.find(Map.of(), true, HOME, Path.of("/run/virtkeep/virtkeep-sock")::equals))
                .isEqualTo("virtkeep:///system");
        assertThat(DefaultUri.find(
                        Map.of("XDG_RUNTIME_DIR", "/run/user/7"),
                        false,
                        HOME,
                        Path.of("/run/user/7/virtkeep/virtkeep-sock")::equals))
                .isEqualTo("virtkeep:///session");
        assertThat(DefaultUri.find(Map.of(), false, HOME, Path.of("/home/user/.cache/virtkeep/virtkeep-sock")::equals))
                .isEqualTo("virtkeep:///session");
        assertThat(DefaultUri.find(Map.of("VIRTKEEP_URI", "x:///"), true, HOME, _ -> true))
                .isEqualTo("x:///");
    }

    @Test
    void aSocketOnWhichNobodyListensIsNoDaemon(@TempDir Path folder) throws IOException {
        Path socket = folder.resolve("s");
        assertThat(DefaultUri.listens(socket)).isFalse();
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertThat(DefaultUri.listens(socket)).isTrue();
        }
        assertThat(socket).exists();
        assertThat(DefaultUri.listens(socket)).isFalse();
    }
}
