package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Deletes what no backup needs, without stopping anybody. `docs/formats/repository.md`, "Pruning", has
/// the argument why each step is safe at every moment, also when this process dies in the middle. Confined
/// to one thread.
final class Pruner {

    /// A pack of which less than this part is needed is rewritten.
    private static final double REPACK_BELOW = 0.5;

    private static final int MAX_TRIES = 20;

    private final RepositoryParts parts;
    private final Storage storage;
    private final UUID repository;
    private final Set<String> holds;
    private final Task task;
    private final boolean scarce;

    private long freedBytes;
    private long rewrittenBytes;
    private long waitingBytes;

    /// @param scarce there is hardly room to write: packs of which little is needed stay as they are
    Pruner(RepositoryParts parts, Set<String> holds, Task task, boolean scarce) {
        this.task = task;
        this.scarce = scarce;
        this.parts = parts;
        this.storage = parts.storage();
        this.repository = parts.config().id();
        this.holds = holds;
    }

    PruneReport tryPrune(PrunePlan plan) throws IOException {
        Choice choice = choose(plan);
        Set<String> forgotten = new HashSet<>(choice.forgotten);
        forgotten.addAll(Condemnation.backups(condemnations()));
        Marker marker = mark(id -> !forgotten.contains(id), Set.of());
        Map<ContentHash, Long> sizes = marker.view().packs();
        Set<ContentHash> sparse = sparse(marker);
        for (ContentHash pack : sizes.keySet()) {
            freedBytes += marker.liveBytes(pack) == 0 || sparse.contains(pack) ? sizes.get(pack) : 0;
        }
        sparse.forEach(pack -> rewrittenBytes += marker.liveBytes(pack));
        return report(choice, Set.of());
    }

    PruneReport prune(PrunePlan plan) throws IOException {
        try (Lease lease = Lease.take(storage, repository, parts.settings(), LeaseRecord.Purpose.PRUNE)) {
            refuseSecondPrune(lease);
            freedBytes += storage.removeLeftovers();
            Choice choice = choose(plan);
            if (!choice.forgotten.isEmpty()) {
                Condemnation.put(storage, repository, List.of(), choice.forgotten);
            }
            deleteBackups(lease);
            condemnPacks(lease);
            deletePacks(lease);
            tidy();
            return report(choice, alive(lease));
        }
    }

    /// Two prunes that see each other both stop; at least one sees the other, because each puts its lease
    /// first.
    private void refuseSecondPrune(Lease lease) throws IOException {
        for (LeaseRecord other : parts.leases().breakDead()) {
            if (other.purpose() == LeaseRecord.Purpose.PRUNE && !other.session().equals(lease.session())) {
                throw new RepositoryException.Busy(
                        "another prune is running: %s, since %s".formatted(other.owner(), other.began()));
            }
        }
    }

    /// @param kept and forgotten: ids of backups
    private record Choice(List<String> kept, List<String> forgotten) {}

    private Choice choose(PrunePlan plan) throws IOException {
        task.beginCount("looking at the backups", 0);
        BackupList backups = new Catalog(parts).visible();
        Map<String, List<BackupInfo>> byDomain = backups.backups().stream()
                .collect(Collectors.groupingBy(BackupInfo::domain, LinkedHashMap::new, Collectors.toList()));
        for (String domain : plan.domains()) {
            if (!byDomain.containsKey(domain)) {
                throw new RepositoryException.Missing("there is no backup of domain '%s'".formatted(domain));
            }
        }
        Set<String> kept = new TreeSet<>(holds);
        byDomain.forEach((domain, ofDomain) ->
                kept.addAll((plan.includes(domain) ? plan.policy() : RetentionPolicy.keepAll()).kept(ofDomain)));
        Map<Boolean, List<String>> split =
                backups.backups().stream().map(BackupInfo::id).collect(Collectors.partitioningBy(kept::contains));
        return new Choice(split.get(true), split.get(false));
    }

    private List<Condemnation> condemnations() throws IOException {
        return Condemnation.load(storage, repository);
    }

    /// Sessions other than this one that may be alive; leases of dead ones are broken first.
    private Set<String> alive(Lease own) throws IOException {
        return parts.leases().breakDead().stream()
                .map(LeaseRecord::session)
                .filter(session -> !session.equals(own.session()))
                .collect(Collectors.toSet());
    }

    /// Condemnations that nobody can rely on any more. Those without noted waits get them now.
    private List<Condemnation> ready(Lease lease) throws IOException {
        List<Condemnation> condemnations = condemnations(); // durable, and then the leases are listed
        Set<String> alive = alive(lease);
        var ready = new ArrayList<Condemnation>();
        for (Condemnation condemnation : condemnations) {
            Condemnation noted =
                    condemnation.waits().isPresent() ? condemnation : condemnation.putWaits(storage, repository, alive);
            if (noted.isOver(alive)) {
                ready.add(noted);
            }
        }
        return ready;
    }

    /// Deletes forgotten backups that no living session may have for its base.
    private void deleteBackups(Lease lease) throws IOException {
        for (Condemnation condemnation : ready(lease)) {
            if (!condemnation.backups().isEmpty()) {
                lease.check();
                storage.delete(
                        condemnation.backups().stream().map(Manifests::name).toList());
                storage.delete(
                        condemnation.backups().stream().map(id -> "holds/" + id).toList());
                if (condemnation.packs().isEmpty()) {
                    storage.delete(condemnation.objectNames());
                }
            }
        }
    }

    /// Marks all manifests that exist, forgotten ones too: a living session may have them for its base.
    /// Begins again when somebody merges the index meanwhile; who sees this prune's lease does not.
    private Marker mark(Predicate<String> included, Set<ContentHash> condemned) throws IOException {
        for (int attempt = 1; attempt < MAX_TRIES; attempt++) {
            try {
                return markOnce(included, condemned);
            } catch (RepositoryException.Missing _) {
                continue;
            }
        }
        return markOnce(included, condemned);
    }

    private Marker markOnce(Predicate<String> included, Set<ContentHash> condemned) throws IOException {
        var disks = new ArrayList<DiskInfo>();
        for (String id : parts.manifests().ids()) { // before the index is read: what they need is in it
            if (included.test(id)) {
                addDisks(id, disks);
            }
        }
        Damage damage = Damage.load(storage, repository);
        var marker = new Marker(
                parts, parts.index().refresh(), copy -> condemned.contains(copy.pack()) || damage.contains(copy), task);
        task.beginCount("finding what is needed", disks.size());
        for (DiskInfo disk : disks) {
            marker.mark(disk.root(), parts.shape(disk));
            task.add(1);
        }
        if (!marker.problems().isEmpty()) {
            throw new RepositoryException.Corrupt(
                    "nothing was pruned, because a backup is damaged: %s; run 'repo check', and forget the backups it names"
                            .formatted(marker.problems().getFirst().message()));
        }
        return marker;
    }

    private void addDisks(String id, List<DiskInfo> disks) throws IOException {
        try {
            BackupInfo backup = parts.manifests().load(id);
            disks.addAll(backup.disks());
            disks.addAll(backup.attachments());
        } catch (RepositoryException.Missing _) {
            return; // withdrawn by its writer since it was listed
        }
    }

    /// Packs to rewrite: of which little is needed, or that hold damaged copies that nobody needs.
    private Set<ContentHash> sparse(Marker marker) throws IOException {
        Set<ContentHash> sparse = new TreeSet<>();
        if (scarce) {
            return sparse;
        }
        sparse.addAll(healed(marker));
        marker.view().packs().forEach((pack, sizeBytes) -> {
            long live = marker.liveBytes(pack);
            if (live > 0 && live < sizeBytes * REPACK_BELOW) {
                sparse.add(pack);
            }
        });
        return sparse;
    }

    /// Needed packs with damaged copies of which none is needed, because there are good ones elsewhere: until they
    /// are rewritten, every check tells of the damage.
    private Set<ContentHash> healed(Marker marker) throws IOException {
        Map<ContentHash, Boolean> healed = new TreeMap<>();
        for (Damage.BadCopy bad : Damage.load(storage, repository).copies()) {
            if (marker.liveBytes(bad.pack()) > 0) {
                boolean needed = false;
                for (IndexView.Copy copy : marker.view().copies(bad.id())) {
                    boolean same = Damage.BadCopy.of(copy.entry()).equals(bad);
                    needed |= same && marker.isMarked(bad.id(), copy.entry());
                }
                healed.merge(bad.pack(), !needed, Boolean::logicalAnd);
            }
        }
        healed.values().removeIf(whole -> !whole);
        return healed.keySet();
    }

    /// Condemns the packs that nobody needs, and those of which little is needed or that hold damaged copies, after
    /// what is needed was copied elsewhere.
    private void condemnPacks(Lease lease) throws IOException {
        Set<ContentHash> before = Condemnation.packs(condemnations());
        Marker marker = mark(_ -> true, before);
        Set<ContentHash> sparse = sparse(marker);
        sparse.removeAll(before);
        var condemned = marker.view().packs().keySet().stream()
                .filter(pack -> marker.liveBytes(pack) == 0 && !before.contains(pack))
                .collect(Collectors.toCollection(ArrayList::new));
        condemned.addAll(new Repacker(parts, marker, task).repack(sparse, before));
        sparse.forEach(pack -> rewrittenBytes += condemned.contains(pack) ? marker.liveBytes(pack) : 0);
        lease.check();
        for (int from = 0; from < condemned.size(); from += Condemnation.MAX_PACKS) {
            int to = Math.min(condemned.size(), from + Condemnation.MAX_PACKS);
            Condemnation.put(storage, repository, condemned.subList(from, to), List.of());
        }
    }

    /// Deletes condemned packs that no living session can count on and, looking again, no backup needs. A
    /// pack that is needed after all stays, and is a pack like any other when its condemnation is gone.
    private void deletePacks(Lease lease) throws IOException {
        List<Condemnation> ready = ready(lease).stream()
                .filter(condemnation -> !condemnation.packs().isEmpty())
                .toList();
        Set<ContentHash> condemned = Condemnation.packs(condemnations());
        if (condemned.isEmpty()) {
            return;
        }
        Marker marker = mark(_ -> true, condemned); // after the leases: who ended since has its manifest in here
        Map<ContentHash, Long> sizes = marker.view().packs();
        task.beginCount("deleting packs", 0);
        for (Condemnation condemnation : ready) {
            task.check();
            lease.check();
            List<ContentHash> dead = condemnation.packs().stream()
                    .filter(pack -> marker.liveBytes(pack) == 0 && sizes.containsKey(pack))
                    .toList();
            storage.delete(dead.stream().map(PackDirectory::name).toList());
            storage.delete(condemnation.objectNames());
            dead.forEach(pack -> freedBytes += sizes.get(pack));
        }
        Set<ContentHash> left = Condemnation.packs(condemnations());
        left.forEach(pack -> waitingBytes += sizes.getOrDefault(pack, 0L));
    }

    /// What may be left undone: index entries of packs that are gone, notes of damage in them, marks of
    /// old leases.
    private void tidy() throws IOException {
        IndexView view = parts.index().refresh();
        boolean stale = view.segments().stream()
                .flatMap(segment -> segment.packs().stream())
                .anyMatch(covered -> !view.packs().containsKey(covered.pack()));
        if (stale) {
            new IndexMerger(storage, repository).mergeAll(view);
            parts.index().refresh();
        }
        Damage damage = Damage.load(storage, repository);
        damage.replace(
                storage,
                repository,
                damage.copies().stream()
                        .filter(copy -> view.packs().containsKey(copy.pack()))
                        .collect(Collectors.toSet()));
        parts.leases().removeOldMarks();
    }

    private PruneReport report(Choice choice, Set<String> alive) {
        List<String> waitingFor = waitingBytes > 0 ? alive.stream().sorted().toList() : List.of();
        return new PruneReport(choice.kept, choice.forgotten, freedBytes, rewrittenBytes, waitingBytes, waitingFor);
    }
}
