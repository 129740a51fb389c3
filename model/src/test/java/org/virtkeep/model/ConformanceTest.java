package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConformanceTest {

    static Stream<ConformanceTable.Row> rows() {
        return ConformanceTable.ROWS.stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void givesTheVerdictOfTheTable(ConformanceTable.Row row) {
        assertThat(row.schema().accepts(row.document())).isEqualTo(row.validForUs());
    }

    @Test
    void saysWhichValidRequestsItDoesNotSupport() {
        assertThat(ConformanceTable.ROWS.stream()
                        .filter(ConformanceTable.Row::validForUs)
                        .filter(ConformanceTest::isUnsupported)
                        .map(ConformanceTable.Row::what))
                .containsExactly("port 70000", "luks encryption");
    }

    private static boolean isUnsupported(ConformanceTable.Row row) {
        try {
            row.schema().read(row.document());
            return false;
        } catch (VirtException e) {
            return e.code() == ErrorCode.CONFIG_UNSUPPORTED;
        }
    }
}
