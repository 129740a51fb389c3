package org.virtkeep.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// The copies of chunks and pages that a check found damaged. New backups do not count on them. Immutable.
record Damage(Set<BadCopy> copies, List<String> objects) {
    static final String FOLDER = "damage/";

    /// One copy, by its place.
    record BadCopy(ContentHash id, ContentHash pack, int offset) {

        static BadCopy of(IndexEntry entry) {
            return new BadCopy(entry.id(), entry.pack(), entry.offset());
        }
    }

    boolean contains(IndexEntry copy) {
        return !copies.isEmpty() && copies.contains(BadCopy.of(copy));
    }

    static Damage load(Storage storage, UUID repository) throws IOException {
        Set<BadCopy> copies = new HashSet<>();
        var objects = new ArrayList<String>();
        for (StoredObject object : IndexLoader.objects(storage, FOLDER)) {
            try {
                read(storage, object.name(), repository, copies);
                objects.add(object.name());
            } catch (RepositoryException.Missing _) {
                continue; // replaced since it was listed; the next load sees what replaced it
            }
        }
        return new Damage(copies, objects);
    }

    private static void read(Storage storage, String name, UUID repository, Set<BadCopy> copies) throws IOException {
        JsonNode json = Json.parse(name, Envelope.open(storage, name, Envelope.Type.DAMAGE, repository, Keys.plain()));
        for (JsonNode copy : json.path("copies")) {
            copies.add(new BadCopy(Json.hash(name, copy, "id"), Json.hash(name, copy, "pack"), (int)
                    Json.number(name, copy, "offset")));
        }
    }

    /// Stores `now` in place of this. A crash in between leaves both, which is on the safe side.
    void replace(Storage storage, UUID repository, Set<BadCopy> now) throws IOException {
        if (now.equals(copies)) {
            return;
        }
        if (!now.isEmpty()) {
            var json = Json.object();
            ArrayNode array = json.putArray("copies");
            now.stream()
                    .sorted(Comparator.comparing(BadCopy::pack).thenComparing(BadCopy::offset))
                    .forEach(copy -> array.addObject()
                            .put("id", copy.id.hex())
                            .put("pack", copy.pack.hex())
                            .put("offset", copy.offset));
            storage.putIfAbsent(
                    FOLDER + UUID.randomUUID(), Envelope.wrap(Envelope.Type.DAMAGE, repository, Json.bytes(json)));
        }
        storage.delete(objects);
    }
}
