package org.virtkeep.daemon.events;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Event;
import org.virtkeep.api.Event.LifecycleType;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainRef;

/// Which UUID and which run number belong to the names in events. Remembers the UUIDs of domains that
/// are gone by then. Confined to one thread.
final class KnownDomains {
    /// More names than clients can be shown in a list.
    private static final int MOST_NAMES = 20_000;

    private final Connection connection;
    private final Map<String, UUID> uuids = new Recent();
    /// Of domains that ran when something was heard of them last. Another run begins with an event.
    private final Map<String, DomainRef> running = new HashMap<>();

    KnownDomains(Connection connection) {
        this.connection = connection;
    }

    /// Looks at all domains, which also makes known what ended unnoticed.
    void learn() {
        connection.domains(Set.of()).forEach(domain -> uuids.put(domain.name(), domain.uuid()));
    }

    /// The domain of an event; empty if it is gone and was never seen.
    Optional<DomainRef> of(Event event) {
        DomainRef known = running.get(event.domain());
        if (known != null && (is(event, LifecycleType.SUSPENDED) || is(event, LifecycleType.RESUMED))) {
            return Optional.of(known); // looked up sooner than the domain, on whose files somebody works just now
        }
        Optional<DomainRef> domain = find(event);
        domain.filter(ref -> ref.id() != DomainRef.NO_ID)
                .ifPresentOrElse(ref -> running.put(ref.name(), ref), () -> running.remove(event.domain()));
        return domain;
    }

    /// Events were lost: what ran then may have ended.
    void forgetRuns() {
        running.clear();
    }

    private Optional<DomainRef> find(Event event) {
        Optional<Domain> found = find(event.domain());
        found.ifPresent(domain -> uuids.put(domain.name(), domain.uuid()));
        int id = is(event, LifecycleType.STOPPED)
                ? DomainRef.NO_ID
                : found.map(KnownDomains::recordedId).orElse(DomainRef.NO_ID);
        return Optional.ofNullable(uuids.get(event.domain())).map(uuid -> new DomainRef(event.domain(), uuid, id));
    }

    private Optional<Domain> find(String name) {
        try {
            return Optional.of(connection.domain(name));
        } catch (VirtException e) {
            if (e.code() != ErrorCode.NO_DOMAIN) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static int recordedId(Domain domain) {
        return domain.recordedId().orElse(DomainRef.NO_ID);
    }

    private static boolean is(Event event, LifecycleType type) {
        return event instanceof Event.Lifecycle lifecycle && lifecycle.type() == type;
    }

    /// Keeps a name when its domain is undefined: one that runs then is heard of once more, when it
    /// stops. The names that were not asked for longest make room.
    private static final class Recent extends LinkedHashMap<String, UUID> {
        private static final long serialVersionUID = 1L;

        private Recent() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, UUID> eldest) {
            return size() > MOST_NAMES;
        }
    }
}
