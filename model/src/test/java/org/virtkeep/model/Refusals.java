package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// What tests say about refusals.
final class Refusals {
    private Refusals() {}

    /// Expects `call` to be refused with `code` and a message that holds all of `parts`.
    static VirtException refused(ErrorCode code, Runnable call, String... parts) {
        VirtException refused = catchThrowableOfType(VirtException.class, call::run);
        assertThat(refused).as("refused with %s", code).isNotNull();
        assertThat(refused.code()).as(refused.getMessage()).isEqualTo(code);
        assertThat(refused.getMessage()).doesNotEndWith(".");
        for (String part : parts) {
            assertThat(refused.getMessage()).contains(part);
        }
        return refused;
    }
}
