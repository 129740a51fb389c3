package org.virtkeep.qemu.session;

import java.util.List;
import java.util.Optional;

/// Several parts of the driver that want to know when a domain is opened or stopped, in their order. Immutable.
public record Recoveries(List<JobRecovery> parts) implements JobRecovery {
    public Recoveries {
        parts = List.copyOf(parts);
    }

    @Override
    public void recover(DomainSession session) {
        parts.forEach(part -> part.recover(session));
    }

    @Override
    public boolean isSettled(DomainSession session) {
        return parts.stream().allMatch(part -> part.isSettled(session));
    }

    @Override
    public void beforeStop(DomainSession session, String why) {
        parts.forEach(part -> part.beforeStop(session, why));
    }

    @Override
    public boolean freeQemu(DomainSession session) {
        boolean freed = false;
        for (JobRecovery part : parts) {
            freed |= part.freeQemu(session);
        }
        return freed;
    }

    @Override
    public Optional<String> imageUser(DomainSession session) {
        return parts.stream().flatMap(part -> part.imageUser(session).stream()).findFirst();
    }

    @Override
    public boolean needsQemu(DomainSession session) {
        return parts.stream().anyMatch(part -> part.needsQemu(session));
    }
}
