package org.virtkeep.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ToolsTest {

    @Test
    void runsOnTheModulePath() {
        assertThat(Tools.class.getModule().getName()).isEqualTo("org.virtkeep.testkit");
    }

    @Test
    void findsAProgramOnThePath() {
        assertThat(Tools.find("sh")).isPresent();
        Tools.require("sh");
    }

    @Test
    void aMissingProgramEndsTheTestWithItsName() {
        boolean required = "1".equals(System.getenv("VIRTKEEP_REQUIRE_TOOLS")) || "true".equals(System.getenv("CI"));
        assertThatThrownBy(() -> Tools.require("no-such-program"))
                .isExactlyInstanceOf(required ? AssertionError.class : TestAbortedException.class)
                .hasMessageContaining("'no-such-program'");
    }
}
