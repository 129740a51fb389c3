package org.virtkeep.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.rpc.TypedParameter;

class FiguresTest {
    private static final int MANY = Integer.MAX_VALUE;

    @Test
    void takesNumbersOfEveryType() {
        Figures figures = Figures.of(List.of(
                TypedParameter.int32("a", -1),
                TypedParameter.unsignedInt32("b", -1),
                TypedParameter.unsignedInt64("c", 7),
                TypedParameter.text("d", "8"),
                TypedParameter.int64("a", 9)));
        assertThat(figures.number("a")).hasValue(-1);
        assertThat(figures.number("b")).hasValue(0xffff_ffffL);
        assertThat(figures.number("c")).hasValue(7);
        assertThat(figures.number("d")).isEmpty();
        assertThat(figures.text("d")).contains("8");
        assertThat(figures.text("a")).isEmpty();
        assertThat(figures.orZero("nothing")).isZero();
    }

    /// A daemon that announces more than it sends makes us do no work.
    @Test
    void doesNotBelieveCounts() {
        var info = GuestFromWire.of(List.of(
                TypedParameter.unsignedInt32("fs.count", MANY),
                TypedParameter.text("fs.0.mountpoint", "/"),
                TypedParameter.unsignedInt32("fs.0.disk.count", MANY),
                TypedParameter.text("fs.0.disk.0.alias", "vda"),
                TypedParameter.int64("user.count", -5)));
        assertThat(info.fileSystems().orElseThrow()).hasSizeLessThan(6);
        GuestFileSystem first = info.fileSystems().orElseThrow().getFirst();
        assertThat(first.mountPoint()).isEqualTo("/");
        assertThat(first.disks()).containsExactly("vda");
        assertThat(info.users().orElseThrow()).isEmpty();
        assertThat(info.timeZone()).isEmpty();
    }
}
