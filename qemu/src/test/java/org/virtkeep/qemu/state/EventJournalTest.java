package org.virtkeep.qemu.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Event;
import org.virtkeep.api.Event.LifecycleType;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.JavaChild;
import org.virtkeep.testkit.Faults;

class EventJournalTest {
    @TempDir
    private Path dir;

    private Path root;
    private EventJournal journal;

    @BeforeEach
    void openRoot() {
        root = dir.resolve("root");
        journal = Root.open(root).events();
    }

    private static Event started(long sequence, Instant time) {
        return new Event.Lifecycle(sequence, time, "vm", LifecycleType.STARTED, "booted");
    }

    private static List<Long> numbers(List<Event> events) {
        return events.stream().map(Event::sequence).toList();
    }

    private Path segment(long first) {
        return root.resolve("events/%019d.jsonl".formatted(first));
    }

    /// Fills a segment without the cost of making each event durable.
    private void fill(long first, long last) throws IOException {
        try (var out = Files.newOutputStream(segment(first))) {
            for (long number = first; number <= last; number++) {
                out.write(EventSegment.line(started(number, Instant.EPOCH)));
            }
        }
    }

    @Test
    void numbersEventsAndTellsThemInOrder() {
        assertThat(journal.last()).isZero();
        assertThat(journal.after(0)).isEmpty();
        journal.append(EventJournalTest::started);
        Event second = journal.append(
                (sequence, time) -> new Event.Lifecycle(sequence, time, "vm", LifecycleType.STOPPED, "destroyed"));
        assertThat(journal.last()).isEqualTo(2);
        assertThat(journal.after(1)).containsExactly(second);
        assertThat(numbers(Root.open(root).events().after(0))).containsExactly(1L, 2L);
        assertThat(journal.after(2)).isEmpty();
    }

    @Test
    void everyKindOfEventComesBackAsItWas() {
        var disk = new BackupJob.Disk(
                "vda",
                JobState.FAILED,
                Optional.of("no space"),
                BackupMode.INCREMENTAL,
                Optional.of("c1"),
                10,
                5,
                3,
                64L << 20,
                Optional.of("vda"),
                Optional.of("backup-vda"),
                Optional.of("qcow2"),
                Optional.of("/b/vda.qcow2"),
                Optional.of(Instant.parse("2026-01-02T03:04:05.5Z")),
                Optional.of("bitmap 'c1' is missing"));
        var full = new BackupJob(
                7,
                false,
                JobState.FAILED,
                Optional.of("no space"),
                Instant.parse("2026-01-02T03:04:05.123456Z"),
                Optional.of(Instant.parse("2026-01-02T03:04:06Z")),
                Duration.ofMillis(876),
                Optional.of("c2"),
                Optional.of(new NbdAddress.Tcp("localhost", 10809)),
                OptionalInt.of(2),
                true,
                List.of(disk, disk));
        var bare = new BackupJob(
                8,
                true,
                JobState.COMPLETED,
                Optional.empty(),
                Instant.EPOCH,
                Optional.empty(),
                Duration.ZERO,
                Optional.empty(),
                Optional.of(new NbdAddress.Unix("/run/nbd")),
                OptionalInt.empty(),
                false,
                List.of());
        var appended = List.of(
                journal.append(EventJournalTest::started),
                journal.append((n, time) -> new Event.BlockJob(
                        n, time, "vm", 7, "vda", "/i\n\"ü", Event.BlockJobStatus.FAILED, Optional.of("no space"))),
                journal.append((n, time) -> new Event.BlockJob(
                        n, time, "vm", 7, "vdb", "/j", Event.BlockJobStatus.COMPLETED, Optional.empty())),
                journal.append((n, time) -> new Event.JobCompleted(n, time, "vm", full)),
                journal.append((n, time) -> new Event.JobCompleted(n, time, "vm", bare)));
        assertThat(journal.after(0)).isEqualTo(appended);
    }

    @Test
    void aTornLastLineIsIgnoredAndCutOff() throws IOException {
        journal.append(EventJournalTest::started);
        byte[] torn = EventSegment.line(started(2, Instant.EPOCH));
        for (int length = 1; length < torn.length; length += 7) {
            Files.write(segment(1), java.util.Arrays.copyOf(torn, length), StandardOpenOption.APPEND);
            long last = journal.last();
            assertThat(numbers(journal.after(last - 1))).containsExactly(last);
            journal.append(EventJournalTest::started);
            assertThat(numbers(journal.after(last))).containsExactly(last + 1);
        }
        assertThat(numbers(journal.after(0)))
                .isEqualTo(LongStream.rangeClosed(1, journal.last()).boxed().toList());
    }

    @Test
    void aDamagedLineShowsAsLostEvents() throws IOException {
        for (int i = 0; i < 3; i++) {
            journal.append(EventJournalTest::started);
        }
        List<String> lines = new ArrayList<>(Files.readAllLines(segment(1)));
        lines.set(1, "garbage");
        Files.write(segment(1), lines);
        List<Event> events = journal.after(0);
        assertThat(numbers(events)).containsExactly(1L, 2L, 3L);
        assertThat(events.get(1)).isInstanceOf(Event.EventsLost.class);
        lines.set(2, "garbage");
        Files.write(segment(1), lines);
        assertThat(journal.last()).isEqualTo(3);
        assertThat(journal.append(EventJournalTest::started).sequence()).isEqualTo(4);
    }

    @Test
    void keepsTheNewestAndSaysThatOthersAreLost() throws IOException {
        fill(1, 5000);
        fill(5001, 10000);
        fill(10001, 14999);
        assertThat(journal.append(EventJournalTest::started).sequence()).isEqualTo(15000);
        assertThat(segment(1)).exists();
        assertThat(journal.append(EventJournalTest::started).sequence()).isEqualTo(15001);
        assertThat(segment(1)).doesNotExist();
        assertThat(segment(15001)).exists();
        List<Event> events = journal.after(17);
        assertThat(events.getFirst()).isInstanceOf(Event.EventsLost.class);
        assertThat(numbers(events))
                .isEqualTo(LongStream.rangeClosed(5000, 15001).boxed().toList());
        assertThat(numbers(journal.after(9_998))).startsWith(9_999L, 10_000L, 10_001L);
        assertThat(numbers(journal.after(5_000))).startsWith(5_001L);
        assertThat(journal.after(15_001)).isEmpty();
    }

    @Test
    void aNewSegmentWithoutAnEventIsNoObstacle() throws IOException {
        fill(1, 5000);
        Files.createFile(segment(5001));
        assertThat(journal.last()).isEqualTo(5000);
        assertThat(journal.after(5000)).isEmpty();
        assertThat(journal.append(EventJournalTest::started).sequence()).isEqualTo(5001);
        assertThat(numbers(journal.after(4999))).containsExactly(5000L, 5001L);
    }

    @Test
    void aReaderFromTheFutureIsToldSo() {
        journal.append(EventJournalTest::started);
        assertThat(journal.after(99)).singleElement().satisfies(event -> {
            assertThat(event).isInstanceOf(Event.EventsLost.class);
            assertThat(event.sequence()).isEqualTo(1);
        });
    }

    @Test
    void whoWaitsIsToldByTheKernelOfWhatAnotherProcessAppends() throws Exception {
        EventJournal another = Root.open(root).events();
        journal.await(0, Duration.ofMillis(30)); // from now on it is told
        for (long number = 1; number <= 3; number++) {
            long last = number - 1;
            var waiting = CompletableFuture.supplyAsync(() -> journal.await(last, Duration.ofSeconds(60)));
            long begun = System.nanoTime();
            another.append(EventJournalTest::started);
            assertThat(numbers(waiting.get())).containsExactly(number);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8)); // looks take ten
        }
        journal.finish();
        another.append(EventJournalTest::started);
        assertThat(numbers(journal.await(3, Duration.ofSeconds(60)))).containsExactly(4L);
    }

    @Test
    void waitsForTheNextEvent() throws InterruptedException {
        assertThat(journal.await(0, Duration.ofMillis(30))).isEmpty();
        var appender = Thread.ofVirtual().start(() -> journal.append(EventJournalTest::started));
        assertThat(numbers(journal.await(0, Duration.ofSeconds(60)))).containsExactly(1L);
        appender.join();
    }

    @Test
    void whatOthersAppendIsSeenThoughItsEndIsKnown() {
        EventJournal other = Root.open(root).events();
        for (long number = 1; number < 20; number += 2) {
            journal.append(EventJournalTest::started);
            assertThat(journal.last()).isEqualTo(number);
            assertThat(journal.after(number)).isEmpty();
            other.appendSoon(EventJournalTest::started);
            assertThat(numbers(journal.await(number, Duration.ofSeconds(60)))).containsExactly(number + 1);
            assertThat(journal.last()).isEqualTo(number + 1);
        }
        assertThat(numbers(other.after(0)))
                .isEqualTo(LongStream.rangeClosed(1, 20).boxed().toList());
    }

    @Test
    void whatNobodyWaitsForIsForcedToDiskSoonAndAtTheEnd() throws IOException {
        journal.append(EventJournalTest::started);
        var files = new LossyFiles(Integer.MAX_VALUE);
        EventJournal lossy = Root.open(root, files).events();
        lossy.appendSoon(EventJournalTest::started);
        int appended = files.steps();
        var limit = Deadline.in(Duration.ofSeconds(60));
        while (files.steps() == appended) {
            assertThat(limit.hasPassed()).isFalse();
            Thread.onSpinWait();
        }
        lossy.appendSoon(EventJournalTest::started);
        lossy.finish();
        files.crash();
        files.loseWhatDidNotLast(new Random(0));
        assertThat(numbers(journal.after(0))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void everyFailureLosesAtMostTheEventThatWasRefused() {
        Faults.everyPersistent(20, faults -> {
            journal.append(EventJournalTest::started);
            long before = journal.last();
            EventJournal faulty = Root.open(root, new FaultyFiles(faults)).events();
            try {
                faulty.append(EventJournalTest::started);
                assertThat(journal.last()).isEqualTo(before + 1);
            } catch (VirtException e) {
                assertThat(journal.last()).isBetween(before, before + 1);
            }
            long last = journal.append(EventJournalTest::started).sequence();
            assertThat(numbers(journal.after(0)))
                    .isEqualTo(LongStream.rangeClosed(1, last).boxed().toList());
        });
    }

    @Test
    void recordsNoLostEvents() {
        assertThatThrownBy(() -> journal.append(Event.EventsLost::new)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyProcessesShareOneOrder() {
        try (var first = JavaChild.start(Appender.class, root.toString());
                var second = JavaChild.start(Appender.class, root.toString())) {
            assertThat(first.awaitExit()).isZero();
            assertThat(second.awaitExit()).isZero();
        }
        assertThat(numbers(journal.after(0)))
                .isEqualTo(
                        LongStream.rangeClosed(1, 2 * Appender.EVENTS).boxed().toList());
    }

    /// Appends some events.
    static final class Appender {
        private static final int EVENTS = 20;

        public static void main(String[] arguments) {
            EventJournal journal = Root.open(Path.of(arguments[0])).events();
            for (int i = 0; i < EVENTS; i++) {
                journal.append(EventJournalTest::started);
            }
        }
    }
}
