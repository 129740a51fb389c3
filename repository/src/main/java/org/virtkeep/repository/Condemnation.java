package org.virtkeep.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Packs and backups that are to be deleted as soon as no session can rely on them. Immutable.
///
/// A session that begins after a condemnation became durable sees it: it takes no condemned backup for its
/// base and counts on no condemned pack. Those that began before are in `waits`.
///
/// @param waits the sessions that held a lease after this condemnation was durable; empty if they were not
///     noted
record Condemnation(String id, List<ContentHash> packs, List<String> backups, Optional<Set<String>> waits) {
    static final String FOLDER = "condemned/";
    private static final String LIST = ".list";
    private static final String WAITS = ".waits";

    /// More packs go to further condemnations.
    static final int MAX_PACKS = 1 << 16;

    /// Makes a condemnation durable, without waits yet.
    static Condemnation put(Storage storage, UUID repository, List<ContentHash> packs, List<String> backups)
            throws IOException {
        var condemnation = new Condemnation(UUID.randomUUID().toString(), packs, backups, Optional.empty());
        var json = Json.object();
        ArrayNode packArray = json.putArray("packs");
        packs.forEach(pack -> packArray.add(pack.hex()));
        ArrayNode backupArray = json.putArray("backups");
        backups.forEach(backupArray::add);
        storage.putIfAbsent(
                FOLDER + condemnation.id + LIST,
                Envelope.wrap(Envelope.Type.CONDEMNATION, repository, Json.bytes(json)));
        return condemnation;
    }

    /// Notes the sessions to wait for. They were listed after the condemnation was durable.
    Condemnation putWaits(Storage storage, UUID repository, Set<String> sessions) throws IOException {
        var json = Json.object();
        ArrayNode array = json.putArray("sessions");
        sessions.stream().sorted().forEach(array::add);
        storage.putIfAbsent(FOLDER + id + WAITS, Envelope.wrap(Envelope.Type.WAITS, repository, Json.bytes(json)));
        return new Condemnation(id, packs, backups, Optional.of(Set.copyOf(sessions)));
    }

    /// Whether none of `alive` could still rely on what is condemned.
    boolean isOver(Set<String> alive) {
        return waits.isPresent() && waits.get().stream().noneMatch(alive::contains);
    }

    List<String> objectNames() {
        return List.of(FOLDER + id + WAITS, FOLDER + id + LIST);
    }

    /// All condemnations.
    static List<Condemnation> load(Storage storage, UUID repository) throws IOException {
        Map<String, StoredObject> waits = new HashMap<>();
        List<StoredObject> lists = new ArrayList<>();
        for (StoredObject object : IndexLoader.objects(storage, FOLDER)) {
            if (object.name().endsWith(WAITS)) {
                waits.put(object.name(), object);
            } else {
                lists.add(object);
            }
        }
        var condemnations = new ArrayList<Condemnation>();
        for (StoredObject list : lists) {
            String id = list.baseName().replace(LIST, "");
            try {
                condemnations.add(load(storage, repository, id, waits.containsKey(FOLDER + id + WAITS)));
            } catch (RepositoryException.Missing _) {
                continue; // carried out since it was listed
            }
        }
        return condemnations;
    }

    private static Condemnation load(Storage storage, UUID repository, String id, boolean hasWaits) throws IOException {
        String name = FOLDER + id + LIST;
        JsonNode json =
                Json.parse(name, Envelope.open(storage, name, Envelope.Type.CONDEMNATION, repository, Keys.plain()));
        var packs = new ArrayList<ContentHash>();
        for (JsonNode pack : json.path("packs")) {
            packs.add(ContentHash.parse(pack.asText()));
        }
        var backups = new ArrayList<String>();
        json.path("backups").forEach(backup -> backups.add(backup.asText()));
        if (!hasWaits) {
            return new Condemnation(id, packs, backups, Optional.empty());
        }
        String waitsName = FOLDER + id + WAITS;
        JsonNode waits =
                Json.parse(waitsName, Envelope.open(storage, waitsName, Envelope.Type.WAITS, repository, Keys.plain()));
        Set<String> sessions = new HashSet<>();
        waits.path("sessions").forEach(session -> sessions.add(session.asText()));
        return new Condemnation(id, packs, backups, Optional.of(sessions));
    }

    /// All packs of some condemnations.
    static Set<ContentHash> packs(List<Condemnation> condemnations) {
        Set<ContentHash> packs = new HashSet<>();
        condemnations.forEach(condemnation -> packs.addAll(condemnation.packs()));
        return packs;
    }

    /// All backups of some condemnations.
    static Set<String> backups(List<Condemnation> condemnations) {
        Set<String> backups = new HashSet<>();
        condemnations.forEach(condemnation -> backups.addAll(condemnation.backups()));
        return backups;
    }
}
