package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefaultUriTest {
    private static final Path HOME = Path.of("/home/user");

    @Test
    void isTheUsersStateDirectory() {
        assertThat(DefaultUri.find(Map.of(), false, HOME))
                .isEqualTo("qemu:///embed?root=/home/user/.local/state/virtkeep");
        assertThat(DefaultUri.find(Map.of("XDG_STATE_HOME", "/srv/state"), false, HOME))
                .isEqualTo("qemu:///embed?root=/srv/state/virtkeep");
    }

    @Test
    void isTheMachinesStateDirectoryForTheSuperuser() {
        assertThat(DefaultUri.find(Map.of("XDG_STATE_HOME", "/srv/state"), true, HOME))
                .isEqualTo("qemu:///embed?root=/var/lib/virtkeep");
    }

    @Test
    void isWhatTheEnvironmentSays() {
        assertThat(DefaultUri.find(Map.of("VIRTKEEP_URI", "qemu:///embed?root=/x"), true, HOME))
                .isEqualTo("qemu:///embed?root=/x");
    }

    @Test
    void takesNoNoticeOfEmptyOrRelativeVariables() {
        assertThat(DefaultUri.find(Map.of("VIRTKEEP_URI", "", "XDG_STATE_HOME", "state"), false, HOME))
                .isEqualTo("qemu:///embed?root=/home/user/.local/state/virtkeep");
    }

    @Test
    void encodesWhatMeansSomethingInAUri() {
        assertThat(DefaultUri.find(Map.of("XDG_STATE_HOME", "/a b/c&d+e%"), false, HOME))
                .isEqualTo("qemu:///embed?root=/a%20b/c%26d%2Be%25/virtkeep");
    }
}
