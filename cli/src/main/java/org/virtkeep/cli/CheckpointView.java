package org.virtkeep.cli;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.XmlFlag;

/// What lists show of a checkpoint.
final class CheckpointView {
    private CheckpointView() {}

    static Optional<Instant> created(Checkpoint checkpoint) {
        return checkpoint.definition(Set.of(XmlFlag.NO_DOMAIN)).creationTime().stream()
                .mapToObj(Instant::ofEpochSecond)
                .findFirst();
    }

    static JsonObject json(Checkpoint checkpoint) {
        return new JsonObject()
                .put("name", checkpoint.name())
                .putText("created", created(checkpoint).map(Instant::toString))
                .putText("parent", checkpoint.parent())
                .put("current", checkpoint.isCurrent());
    }
}
