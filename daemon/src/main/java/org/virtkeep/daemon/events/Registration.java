package org.virtkeep.daemon.events;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.rpc.EventType;

/// That a client wants events of one type. Holds back what it is to be told until the client can know the callback
/// id, which it learns from the reply to its call. Thread-safe.
final class Registration {
    private final int id;
    private final EventType<?> type;
    private final Optional<UUID> domain;
    private final long after;

    // Both guarded by this.
    private boolean holding = true;
    private final List<Telling<?>> held = new ArrayList<>();

    /// @param domain empty for all
    /// @param after  number of the last event before it
    Registration(int id, EventType<?> type, Optional<UUID> domain, long after) {
        this.id = id;
        this.type = type;
        this.domain = domain;
        this.after = after;
    }

    int id() {
        return id;
    }

    EventType<?> type() {
        return type;
    }

    boolean isFor(EventType<?> otherType, Optional<UUID> otherDomain) {
        return type == otherType && domain.equals(otherDomain);
    }

    /// True if the event happened since.
    boolean isOlderThan(Told told) {
        return after < told.sequence();
    }

    /// Tells the client, if this is what it wants to hear.
    synchronized void tell(Client client, UUID about, Telling<?> telling) {
        if (telling.type() != type || domain.isPresent() && !domain.get().equals(about)) {
            return;
        }
        if (holding) {
            held.add(telling);
        } else {
            telling.to(client, id);
        }
    }

    /// Tells what was held back, and holds back nothing any more.
    synchronized void release(Client client) {
        holding = false;
        held.forEach(telling -> telling.to(client, id));
        held.clear();
    }
}
