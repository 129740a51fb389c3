package org.virtkeep.qemu.blockjob;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.qemu.snapshot.MergeDisk;
import org.virtkeep.qemu.state.Json;

/// A block job as it is noted.
///
/// @param run   the run of the domain in which it began; the job ends with it
/// @param disk  its images, and which of them are true
/// @param path  the disk's source when it began
/// @param asked what it was begun with
/// @param phase how far it is known to be
record BlockJobRecord(BlockJobType type, int run, MergeDisk disk, String path, Asked asked, Phase phase) {

    /// What a job was begun with.
    ///
    /// @param backingFile    what the image above those that are merged or pulled is to name below it
    /// @param bytesPerSecond limit; 0 is none
    /// @param delete         delete the files that are not needed afterwards
    /// @param copy           what else is said about a copy
    record Asked(String backingFile, long bytesPerSecond, boolean delete, Optional<Copy> copy) {}

    /// How far a job is known to be.
    enum Phase {
        /// It may not exist yet.
        BEGINNING,
        RUNNING,
        /// It has caught up, and that was told.
        READY,
        /// It has been asked to go over.
        PIVOT,
        /// It is being ended without going over.
        ENDING
    }

    String target() {
        return disk.target();
    }

    BlockJobRecord with(Phase next) {
        return new BlockJobRecord(type, run, disk, path, asked, next);
    }

    BlockJobRecord with(MergeDisk.State state) {
        return new BlockJobRecord(type, run, disk.with(state), path, asked, phase);
    }

    boolean isReady() {
        return phase == Phase.READY || phase == Phase.PIVOT;
    }

    /// True if it goes over, or ends, as soon as it can.
    boolean goesOverByItself() {
        return phase != Phase.ENDING && (!type.canPivot() || phase == Phase.PIVOT);
    }

    ObjectNode toJson() {
        ObjectNode node = Json.object()
                .put("type", type.name())
                .put("run", run)
                .put("path", path)
                .put("backingFile", asked.backingFile())
                .put("bytesPerSecond", asked.bytesPerSecond())
                .put("delete", asked.delete())
                .put("phase", phase.name());
        asked.copy().ifPresent(copy -> node.set("copy", copy.toJson()));
        node.set("disk", disk.toJson());
        return node;
    }

    static BlockJobRecord fromJson(JsonNode node) throws IOException {
        return new BlockJobRecord(
                Json.constant(node, "type", BlockJobType.class),
                Json.integer(node, "run"),
                MergeDisk.fromJson(node.path("disk")),
                Json.text(node, "path"),
                new Asked(
                        Json.text(node, "backingFile"),
                        Json.number(node, "bytesPerSecond"),
                        Json.flag(node, "delete"),
                        Json.has(node, "copy") ? Optional.of(Copy.fromJson(node.path("copy"))) : Optional.empty()),
                Json.constant(node, "phase", Phase.class));
    }
}
