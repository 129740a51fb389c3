package org.virtkeep.qemu.block;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.qmp.BitmapReference;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.DirtyBitmap;

/// The bitmaps of one checkpoint on one disk: one per layer that the disk has had since the checkpoint.
///
/// What changed since the checkpoint is the union of them, and only if they reach from the active layer down
/// without a gap, all of them recorded what was written, and none was left open by a QEMU that died.
///
/// Bitmaps are stored in images; where the image cannot hold them, as with a raw disk, they live as
/// long as this QEMU. A bitmap that is stored must not stand on one that is not: after QEMU's end
/// the upper alone would look complete.
///
/// @param health           whether they can be relied on
/// @param layers           those that were found, topmost first
/// @param granularityBytes of the topmost; 0 if there is none
/// @param stored           whether all of them outlive this QEMU: false if one of them is only in
///     its memory, and for none
public record CheckpointBitmaps(Health health, List<BitmapReference> layers, long granularityBytes, boolean stored) {
    public CheckpointBitmaps {
        layers = List.copyOf(layers);
    }

    /// Whether an incremental backup can be based on a checkpoint's bitmaps.
    public enum Health {
        OK("ok"),
        MISSING("missing"),
        INCONSISTENT("inconsistent"),
        NOT_RECORDING("not recording"),
        GAP("gap");

        private final String label;

        Health(String label) {
            this.label = label;
        }

        /// For people.
        public String label() {
            return label;
        }
    }

    /// Judges the bitmaps called `checkpoint` of a disk.
    public static CheckpointBitmaps find(DiskChain chain, String checkpoint) {
        var found = new ArrayList<BitmapReference>();
        Health health = Health.OK;
        boolean ended = false;
        boolean stored = true;
        for (BlockNode layer : chain.layers()) {
            Optional<DirtyBitmap> bitmap = layer.bitmap(checkpoint);
            if (bitmap.isEmpty()) {
                ended = true;
                continue;
            }
            stored &= bitmap.get().persistent();
            found.add(new BitmapReference(layer.name(), checkpoint));
            health = worse(health, ended ? Health.GAP : judge(bitmap.get(), layer == chain.active()));
        }
        long granularity = found.isEmpty() ? 0 : granularity(chain, checkpoint);
        return new CheckpointBitmaps(
                chain.active().bitmap(checkpoint).isEmpty() ? Health.MISSING : health,
                found,
                granularity,
                stored && !found.isEmpty());
    }

    private static Health worse(Health first, Health second) {
        return first != Health.OK ? first : second;
    }

    private static Health judge(DirtyBitmap bitmap, boolean active) {
        if (bitmap.inconsistent()) {
            return Health.INCONSISTENT;
        }
        return active && !bitmap.recording() ? Health.NOT_RECORDING : Health.OK;
    }

    private static long granularity(DiskChain chain, String checkpoint) {
        return chain.layers().stream()
                .flatMap(layer -> layer.bitmap(checkpoint).stream())
                .findFirst()
                .orElseThrow()
                .granularityBytes();
    }
}
