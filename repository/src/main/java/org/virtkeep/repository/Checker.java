package org.virtkeep.repository;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for faults, from the smallest objects to the content of packs. Confined to one thread; reads
/// packs with the repository's decoders. Sessions may go on meanwhile.
final class Checker {
    private static final int MAX_TRIES = 20;
    private static final Logger LOG = LoggerFactory.getLogger(Checker.class);
    private final RepositoryParts parts;
    private final List<String> problems = new ArrayList<>();
    private final List<String> garbage = new ArrayList<>();
    private final Set<String> affected = new TreeSet<>();
    private final Set<Damage.BadCopy> bad = new HashSet<>();
    private final Set<ContentHash> packsRead = new HashSet<>();
    private long bytesRead;

    Checker(RepositoryParts parts) {
        this.parts = parts;
    }

    CheckReport check(CheckLevel level) throws IOException {
        List<BackupInfo> backups = checkManifests(); // before the index: what they need is in it
        checkSmallObjects();
        IndexView view = parts.index().refresh();
        checkSegments(view);
        checkPacks(view, level);
        Damage damage = note(Damage.load(parts.storage(), parts.config().id()));
        checkMaps(backups, damage);
        return new CheckReport(problems, List.copyOf(affected), garbage, packsRead.size(), bytesRead);
    }

    private List<BackupInfo> checkManifests() throws IOException {
        Set<String> forgotten = Condemnation.backups(
                Condemnation.load(parts.storage(), parts.config().id()));
        var backups = new ArrayList<BackupInfo>();
        for (String id : parts.manifests().ids()) {
            if (forgotten.contains(id)) {
                garbage.add("backup '%s' is forgotten".formatted(id));
                continue;
            }
            try {
                backups.add(parts.manifests().load(id));
            } catch (RepositoryException.Missing _) {
                continue; // deleted since it was listed
            } catch (RepositoryException.Corrupt | RepositoryException.UnsupportedVersion e) {
                problems.add(e.getMessage());
                affected.add(id);
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
            problems.add(e.getMessage());
        }
    }

    private void checkSegments(IndexView view) throws IOException {
        for (IndexSegment segment : view.segments()) {
            try {
                segment.verify();
            } catch (RepositoryException.Missing _) {
                continue; // merged since it was listed
            } catch (RepositoryException.Corrupt e) {
                problems.add(e.getMessage());
            }
        }
    }

    private void checkPacks(IndexView view, CheckLevel level) throws IOException {
        var running = new ArrayList<Future<PackVerifier.Result>>();
        for (ContentHash pack : view.packs().keySet().stream().sorted().toList()) {
            if (level.reads(pack)) {
                running.add(parts.decoders().submit(() -> new PackVerifier(parts).verify(pack)));
                packsRead.add(pack);
            } else {
                checkDirectory(pack);
            }
            if (running.size() >= 2 * parts.settings().decoders()) {
                collect(running.removeFirst());
            }
        }
        for (Future<PackVerifier.Result> result : running) {
            collect(result);
        }
    }

    private void checkDirectory(ContentHash pack) throws IOException {
        try {
            PackDirectory.read(parts.storage(), pack, parts.config().id());
        } catch (RepositoryException.Missing _) {
            return; // pruned since it was listed
        } catch (RepositoryException.Corrupt e) {
            problems.add(e.getMessage());
        }
    }

    private void collect(Future<PackVerifier.Result> running) throws IOException {
        try {
            PackVerifier.Result result = running.get();
            bytesRead += result.sizeBytes();
            for (PackVerifier.Fault fault : result.bad()) {
                problems.add(fault.message());
                bad.add(Damage.BadCopy.of(fault.entry()));
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RepositoryException.Missing _ -> garbage.add("a pack was pruned during the check");
                case RepositoryException.Corrupt corrupt -> problems.add(corrupt.getMessage());
                case IOException io -> throw io;
                default -> throw new IllegalStateException("a pack could not be verified", e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the check was interrupted");
        }
    }

    /// Notes the copies found bad; those of packs that were read and are good now are taken off the list.
    private Damage note(Damage before) throws IOException {
        Set<Damage.BadCopy> now = new HashSet<>(bad);
        before.copies().stream()
                .filter(copy -> !packsRead.contains(copy.pack()))
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
                affected.removeAll(backups.stream().map(BackupInfo::id).toList());
            }
        }
        checkMapsOnce(backups, damage);
    }

    private void checkMapsOnce(List<BackupInfo> backups, Damage damage) throws IOException {
        IndexView view = parts.index().refresh();
        var marker = new Marker(parts, view, damage::contains);
        for (BackupInfo backup : backups) {
            for (DiskInfo disk : backup.disks()) {
                checkMap(backup, disk, marker, damage);
            }
            for (DiskInfo file : backup.attachments()) {
                checkMap(backup, file, marker, damage);
            }
        }
        marker.problems().forEach(problem -> problems.add(problem.message()));
        for (ContentHash pack : view.packs().keySet()) {
            if (marker.liveBytes(pack) == 0) {
                garbage.add("pack '%s' is not needed".formatted(pack));
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
            affected.add(backup.id());
        }
    }
}
