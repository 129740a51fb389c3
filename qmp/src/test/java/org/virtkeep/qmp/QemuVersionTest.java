package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QemuVersionTest {

    @Test
    void isOrderedByNumbersAndNotByText() {
        assertThat(new QemuVersion(7, 2, 22)).isLessThan(new QemuVersion(10, 0, 0));
        assertThat(new QemuVersion(7, 10, 0)).isGreaterThan(new QemuVersion(7, 9, 99));
        assertThat(new QemuVersion(7, 2, 0)).isEqualByComparingTo(new QemuVersion(7, 2, 0));
    }

    @Test
    void aMicroVersionCountsAsItsMinorVersion() {
        var version = new QemuVersion(7, 2, 22);
        assertThat(version.atLeast(7, 2)).isTrue();
        assertThat(version.atLeast(6, 9)).isTrue();
        assertThat(version.atLeast(7, 3)).isFalse();
        assertThat(version.atLeast(8, 0)).isFalse();
        assertThat(version).hasToString("7.2.22");
    }
}
