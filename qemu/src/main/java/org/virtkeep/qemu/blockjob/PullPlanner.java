package org.virtkeep.qemu.blockjob;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.api.BlockPull;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.snapshot.MergeDisk;

/// Finds out which images a pull copies into the active one, or refuses it. Touches nothing.
final class PullPlanner {
    private final DomainSession session;
    private final ImageLayers layers;
    private final BlockPull asked;
    private final int base;

    PullPlanner(DomainSession session, String target, BlockPull asked) {
        this.session = session;
        this.layers = ImageLayers.of(session, target);
        this.asked = asked;
        this.base = asked.base().map(name -> layers.find(name, 0)).orElse(layers.size());
    }

    /// True if the active image already rests on what is to stay, if on anything.
    boolean hasNothingToPull() {
        return base <= 1;
    }

    BlockJobRecord plan() {
        layers.requireSoundBitmaps();
        int first = hasNothingToPull() ? 0 : 1;
        var disk = new MergeDisk(
                layers.disk().target(),
                false,
                layers.source(first),
                layers.node(first),
                layers.graph().storage(layers.node(first)),
                hasNothingToPull() ? List.of() : layers.between(first, base),
                layers.source(0),
                layers.node(0),
                layers.images().getFirst().format(),
                MergeDisk.State.COMMITTING);
        return new BlockJobRecord(
                BlockJobType.PULL,
                session.run().orElseThrow().id(),
                disk,
                layers.source(0).describe(),
                new BlockJobRecord.Asked(backingFile(), asked.bytesPerSecond(), false, Optional.empty()),
                BlockJobRecord.Phase.BEGINNING);
    }

    /// Empty if nothing stays below.
    private String backingFile() {
        if (base >= layers.size()) {
            return "";
        }
        return asked.relative() ? layers.relative(0, base) : layers.source(base).describe();
    }
}
