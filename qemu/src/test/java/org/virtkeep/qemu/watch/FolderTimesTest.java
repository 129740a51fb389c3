package org.virtkeep.qemu.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FolderTimesTest {
    private static final FileTime OLD = FileTime.from(Instant.parse("2026-01-01T00:00:00.5Z"));

    @Test
    void timesThatMayComeAgainAreNotReliedOn() {
        var now = FileTime.from(Instant.now().plusSeconds(60)); // by a clock that was set back since
        var wholeSecond = FileTime.fromMillis(1000 * (System.currentTimeMillis() / 1000 + 60));
        assertThat(new FolderTimes(List.of(OLD, OLD)).showsChanges()).isTrue();
        assertThat(new FolderTimes(List.of(OLD, now)).showsChanges()).isFalse();
        assertThat(new FolderTimes(List.of(wholeSecond, OLD)).showsChanges()).isFalse();
    }
}
