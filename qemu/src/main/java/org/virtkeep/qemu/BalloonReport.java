package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.Map;
import org.virtkeep.api.DomainStatistics.MemoryFigure;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QomGet;

/// What the guest's balloon driver has told about its memory (property `guest-stats` of
/// `virtio-balloon`, QEMU's docs/interop/virtio-balloon-stats). Stateless.
final class BalloonReport {
    private static final String BALLOON = "/machine/peripheral/balloon0";
    private static final long BYTES_PER_KIB = 1024;

    private static final Map<String, MemoryFigure> BYTES = Map.of(
            "stat-swap-in", MemoryFigure.SWAP_IN,
            "stat-swap-out", MemoryFigure.SWAP_OUT,
            "stat-free-memory", MemoryFigure.UNUSED,
            "stat-total-memory", MemoryFigure.AVAILABLE,
            "stat-available-memory", MemoryFigure.USABLE,
            "stat-disk-caches", MemoryFigure.DISK_CACHES);
    private static final Map<String, MemoryFigure> COUNTS = Map.of(
            "stat-major-faults", MemoryFigure.MAJOR_FAULT,
            "stat-minor-faults", MemoryFigure.MINOR_FAULT);

    private BalloonReport() {}

    /// Empty if there is no balloon of ours; only the time, which is 0, if the guest has told nothing.
    static Map<MemoryFigure, Long> ask(DomainSession session) {
        if (!session.definition().memballoon()) {
            return Map.of();
        }
        try {
            return read(session.execute(new QomGet(BALLOON, "guest-stats")));
        } catch (VirtException e) {
            if (e.getCause() instanceof QmpException.Refused) {
                return Map.of(); // a foreign QEMU that has none, or calls it otherwise
            }
            throw e;
        }
    }

    static Map<MemoryFigure, Long> read(JsonNode report) {
        Map<MemoryFigure, Long> figures = new EnumMap<>(MemoryFigure.class);
        report.path("stats").properties().forEach(stat -> {
            JsonNode value = stat.getValue();
            if (!value.canConvertToLong() || value.asLong() < 0) {
                return; // all bits set: the guest has not told
            }
            if (BYTES.containsKey(stat.getKey())) {
                figures.put(BYTES.get(stat.getKey()), value.asLong() / BYTES_PER_KIB);
            } else if (COUNTS.containsKey(stat.getKey())) {
                figures.put(COUNTS.get(stat.getKey()), value.asLong());
            }
        });
        figures.put(MemoryFigure.LAST_UPDATE, report.path("last-update").asLong());
        return figures;
    }
}
