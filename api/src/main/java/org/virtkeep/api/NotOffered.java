package org.virtkeep.api;

import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// What a driver answers that does not have a function.
final class NotOffered {
    private NotOffered() {}

    /// @param function its name in libvirt's C API
    static VirtException by(String function) {
        return new VirtException(
                ErrorCode.NO_SUPPORT, ErrorDomain.NONE, "'%s' is not offered by this connection".formatted(function));
    }
}
