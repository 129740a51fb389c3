package org.virtkeep.daemon.procedures;

import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Which of a domain's two sides a call is about (`virDomainModificationImpact`).
///
/// @param live   what it runs with
/// @param config how it is defined
record Affects(boolean live, boolean config) {
    /// `VIR_DOMAIN_AFFECT_LIVE`.
    static final int LIVE = 1;
    /// `VIR_DOMAIN_AFFECT_CONFIG`.
    static final int CONFIG = 1 << 1;

    /// Both bits of the flags that name a side.
    static final int MASK = LIVE | CONFIG;

    /// Neither bit means the side that the domain is on now.
    ///
    /// @throws VirtException OPERATION_INVALID for a side that the domain does not have
    static Affects of(int flags, Domain domain) {
        boolean active = domain.state() != DomainState.SHUTOFF;
        boolean current = (flags & MASK) == 0;
        boolean live = (flags & LIVE) != 0 || current && active;
        boolean config = (flags & CONFIG) != 0 || current && !active;
        if (live && !active) {
            throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "domain is not running");
        }
        if (config && !domain.isPersistent()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID, "transient domains do not have any persistent config");
        }
        return new Affects(live, config);
    }
}
