package org.virtkeep.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Reads and writes manifests, the objects that make a backup exist. Thread-safe. Remembers of those it has read only
/// what never changes.
final class Manifests {
    static final String FOLDER = "manifests/";
    private static final int VERSION = 1;
    private static final Pattern ID = Pattern.compile("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{16}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Storage storage;
    private final RepositoryConfig config;
    private final Keys keys;
    private final Map<String, Position> positions = new ConcurrentHashMap<>();

    /// A backup's place among those of its domain.
    record Position(String domain, long sequence) {}

    Manifests(Storage storage, RepositoryConfig config, Keys keys) {
        this.storage = storage;
        this.config = config;
        this.keys = keys;
    }

    static String newId(Instant instant) {
        return TIME.format(instant) + "-" + HexFormat.of().formatHex(Digests.random(8));
    }

    static String name(String id) {
        return FOLDER + id;
    }

    /// @throws RepositoryException.Missing if the text cannot be a backup's id, so that no other object is
    ///     read
    static String checkedId(String id) throws RepositoryException.Missing {
        if (!ID.matcher(id).matches()) {
            throw new RepositoryException.Missing("there is no backup '%s'".formatted(id));
        }
        return id;
    }

    /// Makes the backup exist: when this returns, it does, durably.
    void put(BackupInfo backup) throws IOException {
        String name = name(backup.id());
        byte[] body = Json.bytes(json(backup));
        if (!storage.putIfAbsent(name, Envelope.seal(Envelope.Type.MANIFEST, config.id(), keys, name, body))) {
            throw new RepositoryException.Corrupt("a backup '%s' is there already".formatted(backup.id()));
        }
    }

    /// Ids of all manifests, forgotten ones too, in order.
    List<String> ids() throws IOException {
        return IndexLoader.objects(storage, FOLDER).stream()
                .map(StoredObject::baseName)
                .filter(id -> ID.matcher(id).matches())
                .toList();
    }

    /// @throws RepositoryException.Missing if there is no such backup
    BackupInfo load(String id) throws IOException {
        String name = name(checkedId(id));
        if (storage.size(name).isEmpty()) {
            throw new RepositoryException.Missing("there is no backup '%s'".formatted(id));
        }
        JsonNode json = Json.parse(name, Envelope.open(storage, name, Envelope.Type.MANIFEST, config.id(), keys));
        if (Json.number(name, json, "version") != VERSION) {
            throw new RepositoryException.UnsupportedVersion(
                    "backup '%s' has version %d, this virtkeep knows %d; use a newer one"
                            .formatted(id, Json.number(name, json, "version"), VERSION));
        }
        if (!Json.text(name, json, "id").equals(id)) {
            throw new RepositoryException.Corrupt("'%s' holds another backup".formatted(name));
        }
        BackupInfo backup = backup(name, json);
        positions.put(id, new Position(backup.domain(), backup.sequence()));
        return backup;
    }

    /// The same of the place alone, which is not read again.
    Position position(String id) throws IOException {
        Position known = positions.get(id);
        if (known != null) {
            return known;
        }
        BackupInfo backup = load(id);
        return new Position(backup.domain(), backup.sequence());
    }

    private static ObjectNode json(BackupInfo backup) {
        ObjectNode json = Json.object()
                .put("version", VERSION)
                .put("id", backup.id())
                .put("domain", backup.domain())
                .put("sequence", backup.sequence())
                .put("instant", backup.instant().toString())
                .put("committed", backup.committed().toString())
                .put("base", backup.base().orElse(null))
                .put("quiesced", backup.quiesced())
                .put("storedBytes", backup.storedBytes());
        ArrayNode checkpoints = json.putArray("checkpoints");
        backup.checkpoints().forEach(checkpoints::add);
        json.set("labels", labels(backup.labels()));
        json.set("disks", disks(backup.disks()));
        json.set("attachments", disks(backup.attachments()));
        return json;
    }

    private static ObjectNode labels(Map<String, String> labels) {
        ObjectNode json = Json.object();
        labels.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(label -> json.put(label.getKey(), label.getValue()));
        return json;
    }

    private static ArrayNode disks(List<DiskInfo> disks) {
        ArrayNode json = Json.array();
        for (DiskInfo disk : disks) {
            json.addObject()
                    .put("name", disk.name())
                    .put("sizeBytes", disk.sizeBytes())
                    .put("root", disk.root().hex())
                    .put("treeHash", disk.treeHash().hex())
                    .put("changedBytes", disk.changedBytes())
                    .set("labels", labels(disk.labels()));
        }
        return json;
    }

    private BackupInfo backup(String name, JsonNode json) throws IOException {
        var checkpoints = new ArrayList<String>();
        json.path("checkpoints").forEach(checkpoint -> checkpoints.add(checkpoint.asText()));
        return new BackupInfo(
                Json.text(name, json, "id"),
                Json.text(name, json, "domain"),
                Json.number(name, json, "sequence"),
                RepositoryConfig.instant(name, Json.text(name, json, "instant")),
                RepositoryConfig.instant(name, Json.text(name, json, "committed")),
                Optional.ofNullable(json.path("base").textValue()),
                json.path("quiesced").asBoolean(),
                checkpoints,
                labels(json.path("labels")),
                disks(name, json.path("disks")),
                disks(name, json.path("attachments")),
                Json.number(name, json, "storedBytes"));
    }

    private static Map<String, String> labels(JsonNode json) {
        Map<String, String> labels = new HashMap<>();
        json.properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return labels;
    }

    private List<DiskInfo> disks(String name, JsonNode json) throws IOException {
        var disks = new ArrayList<DiskInfo>();
        for (JsonNode disk : json) {
            long size = Json.number(name, disk, "sizeBytes");
            ContentHash root = Json.hash(name, disk, "root");
            ContentHash treeHash = Json.hash(name, disk, "treeHash");
            if (size < 0
                    || size > MapShape.MAX_SIZE_BYTES
                    || !shape(size).treeHash(root).equals(treeHash)) {
                throw new RepositoryException.Corrupt(
                        "'%s': size, root and tree hash of a disk do not fit".formatted(name));
            }
            disks.add(new DiskInfo(
                    Json.text(name, disk, "name"),
                    size,
                    root,
                    treeHash,
                    Json.number(name, disk, "changedBytes"),
                    labels(disk.path("labels"))));
        }
        return disks;
    }

    private MapShape shape(long sizeBytes) {
        return new MapShape(sizeBytes, config.chunkSizeBytes());
    }

    UUID repository() {
        return config.id();
    }
}
