package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Checks that a call is refused with the right code.
final class Refusals {
    private Refusals() {}

    static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ErrorCode code, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOf(VirtException.class)
                .satisfies(e -> assertThat(((VirtException) e).code())
                        .as(e.getMessage())
                        .isEqualTo(code));
    }
}
