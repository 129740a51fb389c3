package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.api.Connections;
import org.virtkeep.model.ErrorCode;

class RootUriTest {
    private static RootUri parse(String uri) {
        return RootUri.parse(URI.create(uri));
    }

    @Test
    void readsItsParameters() {
        assertThat(parse("qemu:///embed?root=/srv/a%20b+c").directory()).isEqualTo(Path.of("/srv/a b+c"));
        assertThat(parse("qemu:///embed?root=/r&pull-idle-minutes=5").settings().pullIdleLimit())
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(parse("qemu:///embed?root=/r&pull-group=backup").settings().pullGroup())
                .contains("backup");
        assertThat(parse("qemu:///embed").directory()).isAbsolute();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?root=relative", "?root=/a&colour=red", "?root", "?root=/r&push=slowly", "?root=/a%00"})
    void refusesOthers(String query) {
        assertRefused(ErrorCode.INVALID_ARG, () -> parse("qemu:///embed" + query))
                .hasMessageContaining("qemu:///embed" + query);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qemu:///system", "qemu+unix:///embed", "virtkeep:///embed", "qemu://host/embed", "/embed"})
    void leavesOtherUrisToOtherDrivers(String uri) {
        assertThat(new QemuDriver().accepts(URI.create(uri))).isFalse();
    }

    @Test
    void theDriverIsFound() {
        assertRefused(ErrorCode.INVALID_ARG, () -> Connections.open("qemu:///embed?root=relative"));
    }
}
