package org.virtkeep.qemu.blockjob;

import java.util.Optional;
import org.virtkeep.api.BlockCommit;
import org.virtkeep.api.BlockCommit.Flag;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.snapshot.MergeDisk;

/// Finds out which images a commit merges, or refuses it in libvirt's words. Touches nothing.
final class CommitPlanner {
    private final DomainSession session;
    private final ImageLayers layers;
    private final BlockCommit asked;

    CommitPlanner(DomainSession session, String target, BlockCommit asked) {
        this.session = session;
        this.layers = ImageLayers.of(session, target);
        this.asked = asked;
    }

    BlockJobRecord plan() {
        int top = top();
        int base = base(top);
        layers.requireSoundBitmaps();
        if (layers.source(base) instanceof DiskSource.Nbd) {
            throw unsupported("image '%s' is on the network, and nothing can be merged into it"
                    .formatted(layers.source(base).describe()));
        }
        var disk = new MergeDisk(
                layers.disk().target(),
                top == 0,
                layers.source(top),
                layers.node(top),
                layers.graph().storage(layers.node(top)),
                layers.between(top, base),
                layers.source(base),
                layers.node(base),
                layers.images().get(base).format(),
                MergeDisk.State.COMMITTING);
        return new BlockJobRecord(
                top == 0 ? BlockJobType.ACTIVE_COMMIT : BlockJobType.COMMIT,
                session.run().orElseThrow().id(),
                disk,
                layers.source(0).describe(),
                new BlockJobRecord.Asked(
                        backingFile(top, base), asked.bytesPerSecond(), has(Flag.DELETE), Optional.empty()),
                BlockJobRecord.Phase.BEGINNING);
    }

    private boolean has(Flag flag) {
        return asked.flags().contains(flag);
    }

    private int top() {
        int top = asked.top().map(name -> layers.find(name, -1)).orElse(0);
        if (top == layers.size() - 1) {
            throw ImageLayers.refusal("could not find base image in chain for '%s'"
                    .formatted(layers.disk().target()));
        }
        if (top == 0 && !has(Flag.ACTIVE)) {
            throw ImageLayers.refusal("commit of '%s' active layer requires active flag"
                    .formatted(layers.disk().target()));
        }
        if (top > 0 && has(Flag.ACTIVE)) {
            throw ImageLayers.refusal("active commit requested but '%s' is not active"
                    .formatted(layers.source(top).describe()));
        }
        return top;
    }

    private int base(int top) {
        if (asked.base().isEmpty()) {
            return has(Flag.SHALLOW) ? top + 1 : layers.size() - 1;
        }
        int base = layers.find(asked.base().get(), top);
        if (has(Flag.SHALLOW) && base != top + 1) {
            throw ImageLayers.refusal("base '%s' is not immediately below '%s' in chain for '%s'"
                    .formatted(
                            layers.source(base).describe(),
                            layers.source(top).describe(),
                            layers.source(0).describe()));
        }
        return base;
    }

    private String backingFile(int top, int base) {
        String path = layers.source(base).describe();
        if (!has(Flag.RELATIVE)) {
            return path;
        }
        return layers.relative(Math.max(0, top - 1), base);
    }

    private VirtException unsupported(String why) {
        return VirtException.qemu(
                ErrorCode.CONFIG_UNSUPPORTED,
                "disk '%s' of domain '%s': %s".formatted(layers.disk().target(), session.name(), why));
    }
}
