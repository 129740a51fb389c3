package org.virtkeep.repository;

import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.virtkeep.model.ByteRange;

/// A backup repository. Thread-safe; several processes, also on several hosts, may use one at the same
/// time.
///
/// Nothing here locks anybody out: backups hold leases, a prune condemns first and deletes when no lease
/// is left that could rely on it, readers hold nothing. The formats are in `docs/formats/repository.md`.
public final class Repository implements AutoCloseable {
    private static final String HOLDS = "holds/";

    private final RepositoryParts parts;
    private final Credentials credentials;

    private Repository(RepositoryParts parts, Credentials credentials) {
        this.parts = parts;
        this.credentials = credentials;
    }

    /// Creates a repository in empty storage, and opens it.
    ///
    /// @throws RepositoryException.Busy if there is one already
    public static Repository create(Storage storage, RepositoryOptions options, RepositorySettings settings)
            throws IOException {
        boolean encrypted = !(options.credentials() instanceof Credentials.None);
        var config = RepositoryConfig.create(
                options.chunkSizeBytes(), encrypted, settings.clock().instant());
        if (storage.size(RepositoryConfig.NAME).isPresent()) {
            throw new RepositoryException.Busy("there is a repository in %s already".formatted(storage));
        }
        if (encrypted) { // before the configuration, so that there never is a repository without a key
            new KeyRing(storage, config)
                    .add(Digests.random(Keys.KEY_BYTES), options.credentials(), options.passphraseIterations());
        }
        if (!storage.putIfAbsent(RepositoryConfig.NAME, config.toObject())) {
            throw new RepositoryException.Busy("somebody else created a repository in %s".formatted(storage));
        }
        SpaceReserve.refill(storage);
        return open(storage, options.credentials(), settings);
    }

    /// Opens a repository; closing it closes neither `storage` nor what was begun. Writes nothing.
    ///
    /// @throws RepositoryException.Missing if there is no repository
    /// @throws RepositoryException.WrongKey if the credentials do not open it, or are given for one that
    ///     is not encrypted: then somebody may have put another repository in its place
    /// @throws RepositoryException.UnsupportedVersion if a newer virtkeep made it
    public static Repository open(Storage storage, Credentials credentials, RepositorySettings settings)
            throws IOException {
        RepositoryConfig config = RepositoryConfig.load(storage);
        if (!config.encrypted()) {
            if (!(credentials instanceof Credentials.None)) {
                throw new RepositoryException.WrongKey(
                        "a key was given, but the repository in %s is not encrypted".formatted(storage));
            }
            return new Repository(RepositoryParts.of(storage, config, settings, Keys.plain()), credentials);
        }
        byte[] dataKey = new KeyRing(storage, config).open(credentials).dataKey();
        Keys keys = Keys.secret(dataKey, config.id());
        return new Repository(RepositoryParts.of(storage, config, settings, keys), credentials);
    }

    /// Whether credentials are needed to open the repository.
    ///
    /// @throws RepositoryException.Missing if there is none
    public static boolean isEncrypted(Storage storage) throws IOException {
        return RepositoryConfig.load(storage).encrypted();
    }

    /// The repository's unique id.
    public UUID id() {
        return parts.config().id();
    }

    public Instant created() {
        return parts.config().created();
    }

    public int chunkSizeBytes() {
        return parts.config().chunkSizeBytes();
    }

    public boolean encrypted() {
        return parts.config().encrypted();
    }

    /// How much is stored, from the names and sizes of the packs.
    public Usage usage() throws IOException {
        Map<ContentHash, Long> packs = parts.index().refresh().packs();
        return new Usage(
                packs.size(), packs.values().stream().mapToLong(Long::longValue).sum());
    }

    /// @param packBytes size of all packs, also of what no backup needs any more
    public record Usage(int packs, long packBytes) {}

    /// The sessions that use the repository now, oldest first; also dead ones whose leases nobody broke yet.
    public List<SessionInfo> sessions() throws IOException {
        return parts.leases().all().values().stream()
                .map(LeaseRecord::info)
                .sorted(Comparator.comparing(SessionInfo::began).thenComparing(SessionInfo::id))
                .toList();
    }

    /// Begins a backup.
    ///
    /// @throws RepositoryException.Missing if there is no base of that id
    public BackupWriter begin(BackupPlan plan) throws IOException {
        try (PreparedBackup prepared = prepare()) {
            return prepared.begin(plan);
        }
    }

    /// Does of the begin of a backup what can be done before there is a plan.
    public PreparedBackup prepare() throws IOException {
        return PreparedBackup.prepare(parts);
    }

    /// Opens a backup for reading, and keeps prunes from deleting it until the session is closed.
    ///
    /// @throws RepositoryException.Missing if there is no such backup
    public ReadSession beginRead(String backup) throws IOException {
        return ReadSession.begin(parts, backup);
    }

    /// Opens a backup for a short look, without a lease.
    ///
    /// @throws RepositoryException.Missing if there is no such backup
    public BackupReader reader(String backup) throws IOException {
        return new BackupReader(parts, parts.visible(backup));
    }

    /// All backups. One whose manifest is damaged does not hide the others.
    public BackupList list() throws IOException {
        return new Catalog(parts).visible();
    }

    /// How many bytes two disks of this repository's backups differ in, in whole chunks.
    public long differingBytes(DiskInfo first, DiskInfo second) throws IOException {
        long chunks = MapDiff.count(parts.pages(), first, parts.shape(first), second, parts.shape(second));
        return Math.min(chunks * chunkSizeBytes(), Math.max(first.sizeBytes(), second.sizeBytes()));
    }

    /// The parts of a backup's disks that earlier checks found damaged and no later backup has healed, by
    /// disk.
    public Map<String, List<ByteRange>> damage(String backup) throws IOException {
        var finder = new DamageFinder(parts);
        var found = new TreeMap<String, List<ByteRange>>();
        for (DiskInfo disk : parts.visible(backup).disks()) {
            List<ByteRange> ranges = finder.find(disk);
            if (!ranges.isEmpty()) {
                found.put(disk.name(), ranges);
            }
        }
        return found;
    }

    /// Looks for faults. What it finds damaged is noted, so that the next backup stores it again; on
    /// storage that cannot be written the note is left out, and the report is the same.
    public CheckReport check(CheckLevel level) throws IOException {
        return check(CheckPlan.all(level), new Task());
    }

    /// The same for what `plan` says, watched and cancelled through `task`.
    ///
    /// @throws RepositoryException.Missing if a backup of the plan does not exist
    /// @throws RepositoryException.Cancelled if it was cancelled; then nothing is noted
    public CheckReport check(CheckPlan plan, Task task) throws IOException {
        return new Checker(parts, plan, task).check();
    }

    /// Makes the index anew from the packs alone.
    ///
    /// @return how many packs were read
    public int rebuildIndex() throws IOException {
        int packs = new IndexRebuilder(parts.storage(), parts.config().id()).rebuild();
        parts.index().refresh();
        return packs;
    }

    /// Forgets the backups that `policy` does not keep, and frees what no backup needs, as far as no
    /// session could still rely on it; the rest is freed by the next prune. On storage that is full it takes
    /// the reserve, and rewrites no packs.
    ///
    /// @throws RepositoryException.Busy if another prune is running
    public PruneReport prune(RetentionPolicy policy) throws IOException {
        return prune(PrunePlan.all(policy), new Task());
    }

    /// The same for what `plan` says, watched and cancelled through `task`.
    ///
    /// @throws RepositoryException.Missing if a domain of the plan has no backup
    /// @throws RepositoryException.Cancelled if it was cancelled; the next prune goes on from there
    public PruneReport prune(PrunePlan plan, Task task) throws IOException {
        PruneReport report =
                SpaceReserve.run(parts.storage(), scarce -> new Pruner(parts, holds(), task, scarce).prune(plan));
        SpaceReserve.refill(parts.storage());
        return report;
    }

    /// Tells what [#prune] would do now, and writes nothing.
    public PruneReport tryPrune(RetentionPolicy policy) throws IOException {
        return tryPrune(PrunePlan.all(policy), new Task());
    }

    /// The same for what `plan` says.
    public PruneReport tryPrune(PrunePlan plan, Task task) throws IOException {
        return new Pruner(parts, holds(), task, false).tryPrune(plan);
    }

    /// Makes backups invisible at once, even held or unreadable ones. Their space is freed by the next
    /// prune.
    ///
    /// @throws RepositoryException.Missing if one of them does not exist; then none is forgotten
    public void forget(List<String> backups) throws IOException {
        for (String backup : backups) {
            if (parts.storage()
                    .size(Manifests.name(Manifests.checkedId(backup)))
                    .isEmpty()) {
                throw new RepositoryException.Missing("there is no backup '%s'".formatted(backup));
            }
        }
        if (!backups.isEmpty()) {
            SpaceReserve.run(parts.storage(), _ -> Condemnation.put(parts.storage(), id(), List.of(), backups));
        }
    }

    /// Keeps a backup whatever a policy says. Idempotent.
    public void hold(String backup) throws IOException {
        parts.visible(backup);
        byte[] body = Json.bytes(Json.object().put("backup", backup));
        parts.storage().putIfAbsent(HOLDS + backup, Envelope.wrap(Envelope.Type.HOLD, id(), body));
    }

    /// Ends a hold. Idempotent.
    public void release(String backup) throws IOException {
        parts.storage().delete(List.of(HOLDS + Manifests.checkedId(backup)));
    }

    /// Ids of the backups that are held.
    public Set<String> holds() throws IOException {
        return IndexLoader.objects(parts.storage(), HOLDS).stream()
                .map(StoredObject::baseName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// The key slots, by name.
    ///
    /// @throws RepositoryException.WrongKey if the repository is not encrypted
    public List<KeySlotInfo> keys() throws IOException {
        KeyRing ring = ring();
        return ring.list(ring.open(credentials).slot());
    }

    /// Lets other credentials open the repository too.
    ///
    /// @return the new slot's name
    /// @throws RepositoryException.WrongKey if the repository is not encrypted
    public String addKey(Credentials added) throws IOException {
        return addKey(added, RepositoryOptions.DEFAULT_ITERATIONS);
    }

    /// The same with a given number of iterations for a passphrase.
    public String addKey(Credentials added, int iterations) throws IOException {
        KeyRing ring = ring();
        return KeyRing.baseName(ring.add(ring.open(credentials).dataKey(), added, iterations));
    }

    /// Lets other credentials open the repository in place of those it was opened with. If this is interrupted, both
    /// do. This [Repository] stays usable, but for its keys.
    ///
    /// @return the new slot's name
    /// @throws RepositoryException.WrongKey if the repository is not encrypted
    public String changeKey(Credentials replacement) throws IOException {
        KeyRing ring = ring();
        KeyRing.Opened opened = ring.open(credentials);
        String slot = ring.add(opened.dataKey(), replacement, RepositoryOptions.DEFAULT_ITERATIONS);
        ring.remove(opened.slot());
        return KeyRing.baseName(slot);
    }

    /// Makes the credentials of one slot useless. Does not protect data from who copied the data key
    /// before.
    ///
    /// @throws RepositoryException.WrongKey if these credentials open no slot
    /// @throws RepositoryException.Busy if it is the last slot: nobody could open the repository again
    public void removeKey(Credentials removed) throws IOException {
        KeyRing ring = ring();
        removeSlot(ring, ring.open(removed).slot());
    }

    /// The same for a slot by its name.
    ///
    /// @throws RepositoryException.Missing if there is no such slot
    /// @throws RepositoryException.Busy if it is the one that this repository was opened with
    public void removeKey(String slot) throws IOException {
        KeyRing ring = ring();
        String used = ring.open(credentials).slot();
        String name = ring.slots().stream()
                .filter(found -> KeyRing.baseName(found).equals(slot))
                .findFirst()
                .orElseThrow(() -> new RepositoryException.Missing("there is no key slot '%s'".formatted(slot)));
        if (name.equals(used)) {
            throw new RepositoryException.Busy(
                    "key slot '%s' opened the repository just now; open it with another one to remove this"
                            .formatted(slot));
        }
        removeSlot(ring, name);
    }

    private static void removeSlot(KeyRing ring, String name) throws IOException {
        if (ring.slots().size() < 2) {
            throw new RepositoryException.Busy("this is the last key; add another one first");
        }
        ring.remove(name);
    }

    private KeyRing ring() throws IOException {
        if (!encrypted()) {
            throw new RepositoryException.WrongKey("the repository is not encrypted");
        }
        return new KeyRing(parts.storage(), parts.config());
    }

    RepositoryParts parts() {
        return parts;
    }

    /// Ends the decoder threads. Backups and readers must have been closed before. Idempotent.
    @Override
    public void close() {
        parts.decoders().shutdown();
        parts.codec().close();
    }
}
