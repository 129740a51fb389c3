package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Two writers, a reader, prunes, checks, rebuilds, killed sessions and jumping clocks in random order, against a
/// model that remembers what every committed backup must restore to. Steps of one party also happen in the
/// middle of another's: before any of its storage calls.
///
/// A failure prints its seed; `-Dproperty.seed=N -Dproperty.runs=1` repeats it.
class InterleavingTest {
    private static final int RUNS = 25;
    private static final int STEPS = 40;

    @Test
    void everyCommittedBackupRestoresWhateverTheOthersDo() {
        long first = Long.getLong("property.seed", System.nanoTime());
        int runs = Integer.getInteger("property.runs", RUNS);
        for (long seed = first; seed < first + runs; seed++) {
            try (var world = new World(seed)) {
                for (int step = 0; step < STEPS; step++) {
                    world.step();
                }
                world.end();
            } catch (Exception | AssertionError e) {
                throw new AssertionError("replay with -Dproperty.seed=%d -Dproperty.runs=1".formatted(seed), e);
            }
        }
    }

    /// One host that backs its domain up.
    private static final class Party {
        private final Repository repository;
        private final TestDisk disk;
        private BackupWriter writer;
        private byte[] instant;

        Party(Repository repository, String domain) {
            this.repository = repository;
            this.disk = new TestDisk(domain, 12 * TestDisk.CHUNK_BYTES + 50);
        }
    }

    private static final class World implements AutoCloseable {
        private final SplittableRandom random;
        private final MemoryStorage real = new MemoryStorage();
        private final Thread thread = Thread.currentThread();
        private final List<Party> parties;
        private final Repository pruner;
        private final Map<String, byte[]> committed = new HashMap<>();
        private final Map<String, String> domains = new HashMap<>();
        private final Repository reading;
        private ReadSession session;
        private byte[] sessionContent;

        /// Parties in the middle of a step: a nested step must not enter them again.
        private final Set<Party> busy = new HashSet<>();

        private Instant now = TestRepositories.START;
        private boolean nested = true; // until the world is made

        World(long seed) throws IOException {
            random = new SplittableRandom(seed);
            RepositorySettings settings = TestRepositories.settings().withClock(() -> now);
            Repository.create(real, TestRepositories.options(), settings).close();
            parties = List.of(new Party(open(settings), "vm-a"), new Party(open(settings), "vm-b"));
            pruner = open(settings);
            reading = open(settings);
            nested = false;
        }

        private Repository open(RepositorySettings settings) throws IOException {
            var hooked = new FilterStorage(real) {
                @Override
                void before(String operation, String name) throws IOException {
                    if (!nested && Thread.currentThread() == thread && random.nextInt(12) == 0) {
                        nested = true;
                        try {
                            step();
                        } finally {
                            nested = false;
                        }
                    }
                }
            };
            return Repository.open(hooked, Credentials.none(), settings);
        }

        void step() throws IOException {
            Party party = parties.get(random.nextInt(parties.size()));
            switch (random.nextInt(nested ? 8 : 12)) {
                case 0, 1, 2 -> advance(party);
                case 3 -> now = now.plus(Duration.ofMinutes(random.nextInt(-20, 40)));
                case 4 -> kill(party);
                case 5 -> renew(party);
                case 6, 7 -> advance(party);
                case 8, 9 -> {
                    read();
                    prune();
                }
                case 10 -> {
                    assertThat(pruner.check(CheckLevel.data()).isClean()).isTrue();
                    restoreAll();
                }
                default -> {
                    if (random.nextInt(3) == 0) {
                        pruner.rebuildIndex();
                    }
                }
            }
        }

        /// Begins, writes on, or commits.
        private void advance(Party party) throws IOException {
            if (busy.contains(party)) {
                return;
            }
            busy.add(party);
            try {
                if (party.writer == null) {
                    begin(party);
                } else if (random.nextBoolean()) {
                    party.disk.backUp(party.writer.disk(party.disk.name), false);
                } else {
                    commit(party);
                }
            } finally {
                busy.remove(party);
            }
        }

        private void begin(Party party) throws IOException {
            party.disk.write(random.nextInt(8), random);
            List<BackupInfo> known = party.repository.list().of(party.disk.name);
            Optional<String> base = known.isEmpty() || random.nextInt(4) == 0
                    ? Optional.empty()
                    : Optional.of(known.get(random.nextInt(known.size())).id());
            byte[] based = base.map(committed::get).orElse(new byte[0]);
            for (int chunk = 0; chunk < party.disk.chunks(); chunk++) {
                int from = chunk * TestDisk.CHUNK_BYTES;
                int end = Math.min(party.disk.bytes.length, from + TestDisk.CHUNK_BYTES);
                party.disk.dirty.set(
                        chunk, based.length == 0 || !Arrays.equals(based, from, end, party.disk.bytes, from, end));
            }
            try {
                party.writer =
                        party.repository.begin(new BackupPlan(party.disk.name, List.of(party.disk.spec()), base));
                party.instant = party.disk.bytes.clone();
            } catch (RepositoryException.Missing _) {
                assertThat(base).isPresent(); // was pruned since it was listed
            }
        }

        private void commit(Party party) throws IOException {
            try {
                party.disk.backUp(party.writer.disk(party.disk.name), false);
                BackupInfo backup = party.writer.commit(BackupMetadata.at(now));
                committed.put(backup.id(), party.instant);
                domains.put(backup.id(), party.disk.name);
            } catch (RepositoryException.LeaseLost | RepositoryException.Missing e) {
                assertThat(party.writer.lease().isHeld()).as("%s", e).isFalse();
            } finally {
                party.writer.close();
                party.writer = null;
            }
        }

        /// Begins to read a backup, or reads it and ends.
        private void read() throws IOException {
            if (session == null) {
                List<BackupInfo> known = reading.list().backups();
                if (!known.isEmpty()) {
                    String id = known.get(random.nextInt(known.size())).id();
                    sessionContent = committed.get(id);
                    try {
                        session = reading.beginRead(id);
                    } catch (RepositoryException.Missing _) {
                        return; // was pruned since it was listed
                    }
                }
            } else {
                endReading();
            }
        }

        /// What was being read when it was pruned can still be read, unless the lease was broken.
        private void endReading() throws IOException {
            ReadSession ending = session;
            session = null;
            try {
                byte[] restored =
                        TestDisk.read(ending.reader(), ending.reader().info().domain());
                assertThat(Arrays.equals(restored, sessionContent))
                        .as("%s %s", ending.reader().info().id(), sessionContent == null)
                        .isTrue();
            } catch (RepositoryException.Missing e) {
                assertThat(ending.isLeased()).as("%s", e).isFalse();
            } finally {
                ending.close();
            }
        }

        private void renew(Party party) throws IOException {
            if (party.writer != null) {
                party.writer.lease().renew();
            }
        }

        /// The process dies: nothing is given back.
        private void kill(Party party) {
            if (party.writer != null && !busy.contains(party) && random.nextInt(4) == 0) {
                party.writer.store().close();
                party.writer.lease().abandon();
                party.writer = null;
            }
        }

        private void prune() throws IOException {
            int keep = random.nextInt(1, 4);
            Map<String, byte[]> before = new HashMap<>(committed);
            try {
                PruneReport report = pruner.prune(RetentionPolicy.keepLast(keep));
                report.forgotten().forEach(committed::remove);
                assertThat(before.keySet())
                        .containsAll(report.forgotten().stream()
                                .filter(before::containsKey)
                                .toList());
            } catch (RepositoryException.LeaseLost | RepositoryException.Busy _) {
                adoptForgotten();
            }
        }

        /// A prune that stopped half-way may have forgotten some backups.
        private void adoptForgotten() throws IOException {
            List<String> before =
                    List.copyOf(committed.keySet()); // a commit in the midst of the listing is not forgotten
            List<String> left =
                    pruner.list().backups().stream().map(BackupInfo::id).toList();
            before.stream().filter(id -> !left.contains(id)).forEach(committed::remove);
        }

        private void restoreAll() throws IOException {
            for (var backup : List.copyOf(committed.entrySet())) {
                byte[] restored = TestDisk.read(pruner.reader(backup.getKey()), domains.get(backup.getKey()));
                assertThat(Arrays.equals(restored, backup.getValue()))
                        .as(backup.getKey())
                        .isTrue();
            }
        }

        void end() throws IOException {
            nested = true;
            for (Party party : parties) {
                if (party.writer != null) {
                    commit(party);
                }
            }
            if (session != null) {
                endReading();
            }
            now = now.plus(Duration.ofDays(1));
            restoreAll();
            for (int round = 1;
                    round <= 2;
                    round++) { // the second only for what the first found to be needed after all
                pruner.prune(RetentionPolicy.keepAll());
                restoreAll();
            }
            CheckReport report = pruner.check(CheckLevel.data());
            assertThat(report.isClean()).as("%s", report).isTrue();
            assertThat(report.garbage()).isEmpty();
        }

        @Override
        public void close() throws IOException {
            nested = true;
            for (Party party : parties) {
                if (party.writer != null) {
                    party.writer.close();
                }
                party.repository.close();
            }
            if (session != null) {
                session.close();
            }
            pruner.close();
            reading.close();
        }
    }
}
