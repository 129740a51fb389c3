package org.virtkeep.daemon.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.EventType;
import org.virtkeep.rpc.Program;

/// Who wants to hear of what. What belongs to a client is forgotten when it goes. Thread-safe.
final class Registrations {
    /// A reply is on its way long before, and nobody notices the delay.
    private static final Duration REPLY_FIRST = Duration.ofMillis(20);

    private final Map<Client, List<Registration>> byClient = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();

    /// @param domain empty for all
    /// @param after  number of the last event that happened before
    /// @param missed is told first, whatever its number
    /// @return the callback id, which no other registration has
    /// @throws VirtException INVALID_ARG if the client has the same registration already
    int add(Client client, EventType<?> type, Optional<UUID> domain, long after, List<Told> missed) {
        List<Registration> own = byClient.computeIfAbsent(client, _ -> new CopyOnWriteArrayList<>());
        var added = new Registration(lastId.incrementAndGet(), type, domain, after);
        synchronized (own) {
            if (own.stream().anyMatch(each -> each.isFor(type, domain))) {
                throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.NONE, "event callback already tracked");
            }
            own.add(added);
        }
        missed.forEach(told -> told.tellings().forEach(telling -> added.tell(client, told.domain(), telling)));
        client.whenGone(() -> byClient.remove(client));
        Thread.ofVirtual().name("event-registration").start(() -> releaseLater(client, added));
        return added.id();
    }

    private static void releaseLater(Client client, Registration registration) {
        try {
            Thread.sleep(REPLY_FIRST);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // nobody does that; then it is released early
        }
        registration.release(client);
    }

    /// @param program that the registration must belong to
    /// @throws VirtException INTERNAL_ERROR if the client has none of that id
    void remove(Client client, int id, Program program) {
        List<Registration> own = byClient.getOrDefault(client, new ArrayList<>());
        if (!own.removeIf(each -> each.id() == id && each.type().program().equals(program))) {
            throw new VirtException(
                    ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC, "domain event callback %d not registered".formatted(id));
        }
    }

    /// Tells all who want to hear it. Waits for nobody: the connection of a client that does not read is ended.
    void tell(Told told) {
        for (Telling<?> telling : told.tellings()) {
            byClient.forEach((client, own) -> own.stream()
                    .filter(each -> each.isOlderThan(told))
                    .forEach(each -> each.tell(client, told.domain(), telling)));
        }
    }
}
