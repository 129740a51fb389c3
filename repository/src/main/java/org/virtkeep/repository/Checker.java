package org.virtkeep.repository;

import java.io.IOException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for faults, from the smallest objects to the content of packs. Confined to one thread; reads
/// packs with the repository's decoders. Sessions may go on meanwhile.
final class Checker {
    private static final int MAX_TRIES = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Checker.class);
    private final RepositoryParts parts;
    private final CheckPlan plan;
    private final Task task;
    private final Findings findings = new Findings();

    Checker(RepositoryParts parts, CheckPlan plan, Task task) {
        this.parts = parts;
        this.plan = plan;
        this.task = task;
    }

    CheckReport check() throws IOException {
        List<BackupInfo> backups = checkManifests(); // before the index: what they need is in it
        if (plan.isWhole()) {
            checkSmallObjects();
        }
        IndexView view = parts.index().refresh();
        if (plan.isWhole()) {
            checkSegments(view);
        }
        Damage before = Damage.load(parts.storage(), parts.config().id());
        checkPacks(plan.isWhole() ? view.packs() : neededPacks(backups, before));
        Damage damage = note(Damage.load(parts.storage(), parts.config().id()));
        int badBefore = findings.bad.size();
        checkMaps(backups, damage);
        if (findings.bad.size() > badBefore) {
            note(Damage.load(parts.storage(), parts.config().id()));
        }
        return findings.report();
    }

    private List<BackupInfo> checkManifests() throws IOException {
        Set<String> forgotten = Condemnation.backups(
                Condemnation.load(parts.storage(), parts.config().id()));
        var backups = new ArrayList<BackupInfo>();
        task.beginCount("reading manifests", 0);
        List<String> ids = parts.manifests().ids();
        for (String wanted : plan.backups()) {
            if (!ids.contains(wanted) || forgotten.contains(wanted)) {
                throw new RepositoryException.Missing("there is no backup '%s'".formatted(wanted));
            }
        }
        for (String id : ids.stream().filter(plan::includes).toList()) {
            task.add(1);
            if (forgotten.contains(id)) {
                findings.garbage.add("backup '%s' is forgotten".formatted(id));
                continue;
            }
            try {
                backups.add(parts.manifests().load(id));
            } catch (RepositoryException.Missing _) {
                continue; // deleted since it was listed
            } catch (RepositoryException.Corrupt | RepositoryException.UnsupportedVersion e) {
                findings.problems.add(e.getMessage());
                findings.affected.add(id);
            }
        }
        return backups;
    }

    /// Everything that is not a manifest, segment or pack is read by those who use it; a check reads it
    /// all.
    private void checkSmallObjects() throws IOException {
        checkObject(RepositoryConfig.NAME, Envelope.Type.CONFIG);
        var types = Map.of(
                "keys", Envelope.Type.KEY_SLOT,
                "damage", Envelope.Type.DAMAGE,
                "holds", Envelope.Type.HOLD);
        for (StoredObject object : IndexLoader.objects(parts.storage(), "")) {
            String folder = object.name().contains("/")
                    ? object.name().substring(0, object.name().indexOf('/'))
                    : "";
            Envelope.Type type = switch (folder) {
                case "condemned" -> object.name().endsWith(".list") ? Envelope.Type.CONDEMNATION : Envelope.Type.WAITS;
                case "leases" -> LeaseRecord.isBroken(object) ? Envelope.Type.BROKEN : Envelope.Type.LEASE;
                case "manifests", "packs", "index", "" -> null;
                default -> types.get(folder);
            };
            if (type != null) {
                checkObject(object.name(), type);
            }
        }
    }

    private void checkObject(String name, Envelope.Type type) throws IOException {
        try {
            Envelope.open(parts.storage(), name, type, parts.config().id(), Keys.plain());
        } catch (RepositoryException.Missing _) {
            return; // given back or carried out since it was listed
        } catch (RepositoryException.Corrupt e) {
            findings.problems.add(e.getMessage());
        }
    }

    private void checkSegments(IndexView view) throws IOException {
        task.beginCount("reading the index", view.segments().size());
        for (IndexSegment segment : view.segments()) {
            task.add(1);
            try {
                segment.verify();
            } catch (RepositoryException.Missing _) {
                continue; // merged since it was listed
            } catch (RepositoryException.Corrupt e) {
                findings.problems.add(e.getMessage());
            }
        }
    }

    /// The packs that hold something that these backups need, with their sizes. Begins again when somebody merges the
    /// index meanwhile.
    private Map<ContentHash, Long> neededPacks(List<BackupInfo> backups, Damage damage) throws IOException {
        for (int attempt = 1; attempt < MAX_TRIES; attempt++) {
            try {
                return neededPacksOnce(backups, damage);
            } catch (RepositoryException.Missing _) {
                continue;
            }
        }
        return neededPacksOnce(backups, damage);
    }

    private Map<ContentHash, Long> neededPacksOnce(List<BackupInfo> backups, Damage damage) throws IOException {
        var marker = new Marker(parts, parts.index().refresh(), damage::contains, task);
        for (DiskInfo disk : contents(backups)) {
            marker.mark(disk.root(), parts.shape(disk)); // what is missing is told later
        }
        Map<ContentHash, Long> packs = new HashMap<>(marker.view().packs());
        packs.keySet().removeIf(pack -> marker.liveBytes(pack) == 0);
        return packs;
    }

    private static List<DiskInfo> contents(List<BackupInfo> backups) {
        return backups.stream()
                .flatMap(backup -> Stream.concat(backup.disks().stream(), backup.attachments().stream()))
                .toList();
    }

    private void checkPacks(Map<ContentHash, Long> packs) throws IOException {
        List<ContentHash> order = packs.keySet().stream().sorted().toList();
        long total =
                order.stream().filter(plan.level()::reads).mapToLong(packs::get).sum();
        if (total > 0) {
            task.beginBytes("reading packs", total);
        } else {
            task.beginCount("reading the directories of packs", order.size());
        }
        try (var check = new PackCheck(parts, findings, task)) {
            for (ContentHash pack : order) {
                check.submit(pack, plan.level().reads(pack));
            }
            check.finish();
        }
    }

    /// Notes the copies found bad; those of packs that were read and are good now are taken off the list.
    private Damage note(Damage before) throws IOException {
        Set<Damage.BadCopy> now = new HashSet<>(findings.bad);
        before.copies().stream()
                .filter(copy -> !findings.packsRead.contains(copy.pack()))
                .forEach(now::add);
        try {
            before.replace(parts.storage(), parts.config().id(), now);
        } catch (IOException | ReadOnlyFileSystemException e) { // the report tells it all the same
            LOG.warn("damage not noted cause={}", e.getMessage());
        }
        return new Damage(now, List.of());
    }

    /// Begins again when somebody merges the index meanwhile.
    private void checkMaps(List<BackupInfo> backups, Damage damage) throws IOException {
        for (int attempt = 1; attempt < MAX_TRIES; attempt++) {
            try {
                checkMapsOnce(backups, damage);
                return;
            } catch (RepositoryException.Missing _) {
                findings.affected.removeAll(backups.stream().map(BackupInfo::id).toList());
            }
        }
        checkMapsOnce(backups, damage);
    }

    private void checkMapsOnce(List<BackupInfo> backups, Damage damage) throws IOException {
        IndexView view = parts.index().refresh();
        var marker = new Marker(parts, view, damage::contains, task);
        task.beginCount("reading maps", backups.size());
        for (BackupInfo backup : backups) {
            task.add(1);
            for (DiskInfo disk : backup.disks()) {
                checkMap(backup, disk, marker, damage);
            }
            for (DiskInfo file : backup.attachments()) {
                checkMap(backup, file, marker, damage);
            }
        }
        for (Marker.Problem problem : marker.problems()) {
            findings.problems.add(problem.message());
            for (IndexView.Copy copy : view.copies(problem.id())) { // none of them could be read
                findings.bad.add(Damage.BadCopy.of(copy.entry()));
            }
        }
        for (ContentHash pack : view.packs().keySet()) {
            if (plan.isWhole() && marker.liveBytes(pack) == 0) {
                findings.garbage.add("pack '%s' is not needed".formatted(pack));
            }
        }
    }

    private void checkMap(BackupInfo backup, DiskInfo disk, Marker marker, Damage damage) throws IOException {
        boolean whole = marker.mark(disk.root(), parts.shape(disk));
        if (whole && !damage.copies().isEmpty()) {
            boolean[] good = {true};
            MapShape shape = parts.shape(disk);
            parts.pages().forEachChunk(disk.root(), shape, 0, shape.chunkCount(), (_, id) -> {
                good[0] = parts.index().copies(id).stream().anyMatch(copy -> !damage.contains(copy.entry()));
                return good[0];
            });
            whole = good[0];
        }
        if (!whole) {
            findings.affected.add(backup.id());
        }
    }
}
