package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DiskSourceXml;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotDisk;
import org.virtkeep.model.StorageKind;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.qemu.backup.JointCheckpoint;
import org.virtkeep.qemu.session.DomainSession;

/// Puts a domain that is shut off back to a snapshot: makes new overlays on the images as they were, and defines
/// the domain to use them. The overlays that it used before stay. Confined to one thread.
final class Reverting {
    /// QEMU's own choice for most images.
    private static final long GRANULARITY_BYTES = 65_536;

    private final DomainSession session;
    private final SnapshotStore store;

    Reverting(DomainSession session) {
        this.session = session;
        this.store = SnapshotStore.of(session);
    }

    /// @throws VirtException OPERATION_INVALID if it cannot be gone back to; nothing has changed then
    void run(SnapshotDefinition snapshot) {
        SnapshotRevert revert = plan(snapshot);
        store.note(revert);
        try {
            revert.overlays().forEach(overlay -> make(overlay, snapshot));
        } catch (VirtException e) {
            settle(revert);
            throw e;
        }
        SnapshotRevert decided = revert.asDecided();
        store.note(decided);
        settle(decided);
    }

    private SnapshotRevert plan(SnapshotDefinition snapshot) {
        String name = snapshot.name().orElseThrow();
        requirePossible(snapshot, name);
        XmlElement definition = snapshot.domain().orElseThrow();
        var overlays = new ArrayList<Overlay>();
        for (SnapshotDisk disk : snapshot.external()) {
            Overlay overlay = overlay(DomainXml.read(definition.write())
                    .disk(disk.name())
                    .orElseThrow(() -> refusal(
                            "the record of snapshot '%s' of domain '%s' lacks disk '%s'",
                            name, session.name(), disk.name())));
            overlays.add(overlay);
            definition = DiskSourceXml.withImage(definition, overlay.target(), overlay.image(), "qcow2");
        }
        return new SnapshotRevert(name, false, definition.without("id"), overlays);
    }

    private void requirePossible(SnapshotDefinition snapshot, String name) {
        if (session.isActive()) {
            throw refusal(
                    "domain '%s' is running, and its disks cannot be exchanged under its guest; shut it down or destroy it, "
                            + "revert to snapshot '%s', and start it again",
                    session.name(), name);
        }
        if (session.hasImages()) {
            throw refusal(
                    "domain '%s' cannot go back to snapshot '%s' while a backup reads its images; end the backup (backup-list "
                            + "tells its id), or wait for its end",
                    session.name(), name);
        }
        Memory memory = Memory.of(snapshot);
        if (memory.merging()) {
            throw refusal(
                    "snapshot '%s' of domain '%s' cannot be gone back to: its deletion had begun%s, and the images below hold "
                            + "more than they did; delete it",
                    name,
                    session.name(),
                    memory.failure().map(why -> " (and failed: " + why + ")").orElse(""));
        }
        if (memory.committed()) {
            throw refusal(
                    "snapshot '%s' of domain '%s' cannot be gone back to: a block job (blockcommit) has merged something into "
                            + "an image that holds its content; forget it (snapshot-delete --metadata)",
                    name, session.name());
        }
        if (snapshot.external().isEmpty() || session.folder().definitionXml().isEmpty()) {
            throw refusal(
                    "snapshot '%s' of domain '%s' cannot be gone back to: %s",
                    name,
                    session.name(),
                    snapshot.external().isEmpty() ? "it holds no disk" : "the domain is not defined");
        }
    }

    private Overlay overlay(DomainDisk disk) {
        DiskSource base = disk.source().orElseThrow();
        if (!Files.exists(Path.of(base.describe()))) {
            throw refusal(
                    "domain '%s': image '%s' of disk '%s' does not exist any more",
                    session.name(), base.describe(), disk.target());
        }
        long size = Images.info(Path.of(base.describe())).path("virtual-size").asLong();
        return new Overlay(
                disk.target(),
                "",
                base,
                disk.format(),
                "",
                new DiskSource.File(freePath(base, disk.target())),
                false,
                size);
    }

    /// Beside the image, named like it, with the time in the place of the extension.
    private String freePath(DiskSource base, String target) {
        String path = base instanceof DiskSource.File
                ? base.describe()
                : session.folder().path().resolve(target).toString();
        int dot = path.lastIndexOf('.');
        String stem = dot > path.lastIndexOf('/') ? path.substring(0, dot) : path;
        long number = Instant.now().getEpochSecond();
        while (Files.exists(Path.of(stem + "." + number))) {
            number++;
        }
        return stem + "." + number;
    }

    private void make(Overlay overlay, SnapshotDefinition snapshot) {
        Images.create(overlay.path(), overlay.base(), overlay.baseFormat());
        bitmaps(overlay, snapshot).forEach((name, granularity) -> Images.addBitmap(overlay.path(), name, granularity));
        Images.force(overlay.path());
        new OverlayNodes(session).forceName(overlay);
    }

    /// What was recorded when the snapshot was taken is recorded on, from its instant.
    private Map<String, Long> bitmaps(Overlay overlay, SnapshotDefinition snapshot) {
        Map<String, Long> bitmaps = new HashMap<>();
        for (JsonNode bitmap : Images.info(Path.of(overlay.base().describe())).at("/format-specific/data/bitmaps")) {
            List<String> flags = new ArrayList<>();
            bitmap.path("flags").forEach(flag -> flags.add(flag.asText()));
            if (flags.contains("auto") && !flags.contains("in-use")) {
                bitmaps.put(
                        bitmap.path("name").asText(), bitmap.path("granularity").asLong());
            }
        }
        Memory.of(snapshot).checkpoint().ifPresent(name -> bitmaps.put(name, GRANULARITY_BYTES));
        bitmaps.keySet().removeIf(name -> !JointCheckpoint.tracks(session, name, overlay.target()));
        return bitmaps;
    }

    /// Finishes or undoes it. May be repeated.
    void settle(SnapshotRevert revert) {
        if (!revert.decided()) {
            revert.overlays().forEach(overlay -> new OverlayNodes(session).delete(overlay, true));
            store.clearChange();
            return;
        }
        session.redefine(revert.definition());
        store.find(revert.name()).ifPresent(snapshot -> {
            if (store.all().stream().noneMatch(other -> other.parent().equals(snapshot.name()))) {
                store.save(withOverlays(snapshot, revert));
            }
            store.setCurrent(snapshot.name());
        });
        store.clearChange();
    }

    /// A snapshot without children is deleted by merging what is written from now on.
    private static SnapshotDefinition withOverlays(SnapshotDefinition snapshot, SnapshotRevert revert) {
        Map<String, String> paths = new HashMap<>();
        revert.overlays()
                .forEach(overlay -> paths.put(overlay.target(), overlay.path().toString()));
        return snapshot.withDisks(snapshot.disks().orElseThrow().stream()
                .map(disk -> disk.isExternal() && paths.containsKey(disk.name())
                        ? SnapshotDisk.external(disk.name(), StorageKind.FILE, paths.get(disk.name()))
                        : disk)
                .toList());
    }

    private static VirtException refusal(String format, Object... values) {
        return VirtException.qemu(ErrorCode.OPERATION_INVALID, format.formatted(values));
    }
}
