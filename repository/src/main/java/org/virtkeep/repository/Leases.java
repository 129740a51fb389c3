package org.virtkeep.repository;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/// All leases of a repository, as a prune sees them. Stateless between calls.
final class Leases {
    private final Storage storage;
    private final UUID repository;
    private final RepositorySettings settings;

    Leases(Storage storage, UUID repository, RepositorySettings settings) {
        this.storage = storage;
        this.repository = repository;
        this.settings = settings;
    }

    /// The sessions that hold a lease, by session: dead ones too, but not those whose lease was broken.
    Map<String, LeaseRecord> all() throws IOException {
        Map<String, LeaseRecord> newest = new HashMap<>();
        for (var session : bySession().entrySet()) {
            if (session.getValue().stream().noneMatch(LeaseRecord::isBroken)) {
                load(session.getKey(), session.getValue()).ifPresent(beat -> newest.put(beat.session(), beat));
            }
        }
        return newest;
    }

    private Map<String, List<StoredObject>> bySession() throws IOException {
        return IndexLoader.objects(storage, LeaseRecord.FOLDER).stream()
                .collect(Collectors.groupingBy(LeaseRecord::session));
    }

    /// The newest heartbeat; looks again if it was renewed meanwhile. Empty if the lease was given back.
    private Optional<LeaseRecord> load(String session, List<StoredObject> beats) throws IOException {
        List<StoredObject> known = beats;
        while (!known.isEmpty() && known.stream().noneMatch(LeaseRecord::isBroken)) {
            try {
                return Optional.of(LeaseRecord.load(storage, known.getLast().name(), repository));
            } catch (RepositoryException.Missing _) {
                known = bySession().getOrDefault(session, List.of());
            }
        }
        return Optional.empty();
    }

    /// Breaks the leases of dead sessions and returns those of live ones. A session whose lease was broken
    /// while it merely stood still cannot commit any more.
    List<LeaseRecord> breakDead() throws IOException {
        Instant now = settings.clock().instant();
        LeaseOwner observer = LeaseOwner.current();
        var alive = new ArrayList<LeaseRecord>();
        for (LeaseRecord lease : all().values()) {
            if (lease.isDead(observer, now, settings.leaseExpiry())) {
                breakLease(lease.session());
            } else {
                alive.add(lease);
            }
        }
        return alive;
    }

    private void breakLease(String session) throws IOException {
        byte[] body = Json.bytes(Json.object().put("session", session));
        storage.putIfAbsent(LeaseRecord.brokenName(session), Envelope.wrap(Envelope.Type.BROKEN, repository, body));
        storage.delete(beats(bySession().getOrDefault(session, List.of())));
    }

    private static List<String> beats(List<StoredObject> objects) {
        return objects.stream()
                .filter(object -> !LeaseRecord.isBroken(object))
                .map(StoredObject::name)
                .toList();
    }

    /// Removes what a session put after its lease was broken, and the marks of broken leases that left
    /// nothing else.
    void removeOldMarks() throws IOException {
        for (List<StoredObject> objects : bySession().values()) {
            if (objects.stream().anyMatch(LeaseRecord::isBroken)) {
                List<String> beats = beats(objects);
                storage.delete(beats.isEmpty() ? List.of(objects.getFirst().name()) : beats);
            }
        }
    }
}
