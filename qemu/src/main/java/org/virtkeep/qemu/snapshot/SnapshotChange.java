package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.virtkeep.qemu.state.Json;

/// A change of the set of snapshots that has begun and is not known to have ended. There is at most one per
/// domain.
sealed interface SnapshotChange permits SnapshotCreation, SnapshotDeletion, SnapshotRevert {

    /// The snapshot.
    String name();

    /// In words, for somebody who has to wait for it: `is being deleted`.
    String inWords();

    ObjectNode toJson();

    static SnapshotChange fromJson(JsonNode node) throws IOException {
        String kind = Json.text(node, "kind");
        return switch (kind) {
            case SnapshotCreation.KIND -> SnapshotCreation.fromJson(node);
            case SnapshotDeletion.KIND -> SnapshotDeletion.fromJson(node);
            case SnapshotRevert.KIND -> SnapshotRevert.fromJson(node);
            default -> throw new IOException("unknown change '%s'".formatted(kind));
        };
    }
}
