package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// All events of a root in one durable, numbered order. Thread-safe; any number of processes may append and
/// read.
///
/// Events are lines of JSON in segments of at most [#SEGMENT_EVENTS], each named by its first number; the
/// oldest are deleted so that the newest ~10,000 events stay. A crash while appending leaves a line without
/// its end, which readers ignore and the next append cuts off.
public final class EventJournal {
    static final int SEGMENT_EVENTS = 5_000;
    private static final int SEGMENTS = 3;
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(30);
    /// How often it is looked at for what other processes append, where the kernel does not tell, and where it does.
    private static final Duration POLL = Duration.ofMillis(100);

    private static final Duration SELDOM = Duration.ofSeconds(10);
    /// How often a reader starts again because a segment was deleted under it.
    private static final int READ_ATTEMPTS = 5;
    private static final int MAX_RECENT = 100;

    /// Where a segment ended when it was looked at, or appended to.
    private record KnownEnd(EventSegment segment, EventSegment.End end) {
        boolean isFull() {
            return end.sequence() - segment.first() + 1 >= SEGMENT_EVENTS;
        }

        boolean isStill() throws IOException {
            try {
                return !isFull() && Files.size(segment.file()) == end.position();
            } catch (NoSuchFileException _) {
                return false;
            }
        }
    }

    private final Path directory;
    private final Path lockFile;
    private final Durable durable;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by `lock`.
    /// How often something was, or may have been, appended.
    private long changes;
    /// The last that were appended through this object, as far as no other was appended between.
    private final ArrayDeque<Event> recent = new ArrayDeque<>();
    /// Rings when another process appends; from the first time that somebody waits.
    private Optional<DirectoryBell> bell = Optional.empty();

    private boolean bellTried;

    private final LateForce later;

    /// Where it ended when it was last looked at, or appended to; to be asked whether it still does.
    private volatile Optional<KnownEnd> lastEnd = Optional.empty();

    EventJournal(Path directory, Path lockFile, Durable durable) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.durable = durable;
        this.later = new LateForce(durable);
    }

    /// An event that has yet to get its place in the order.
    @FunctionalInterface
    public interface Draft {
        Event at(long sequence, Instant time);
    }

    private void tell(Event event) {
        lock.lock();
        try {
            changes++;
            remember(event);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void remember(Event event) {
        if (!recent.isEmpty() && recent.getLast().sequence() + 1 != event.sequence()) {
            recent.clear();
        }
        recent.add(event);
        if (recent.size() > MAX_RECENT) {
            recent.remove();
        }
    }

    /// The events after number `after` that are known without a look at the disk.
    private List<Event> recent(long after) {
        lock.lock();
        try {
            boolean next = !recent.isEmpty() && recent.getFirst().sequence() <= after + 1;
            return next
                    ? recent.stream().filter(event -> event.sequence() > after).toList()
                    : List.of();
        } finally {
            lock.unlock();
        }
    }

    /// Gives `draft` the next number and the present time, and makes it durable. Readers see it a moment before: no
    /// event is a reason to rely on something that is not on disk by itself.
    ///
    /// @throws VirtException SYSTEM_ERROR if it could not be made durable
    public Event append(Draft draft) {
        return append(draft, true);
    }

    /// As [#append(Draft)], but nobody waits until it is durable: for what is true without the event, or is over
    /// after a crash of the host. It survives the death of every process.
    ///
    /// @throws VirtException SYSTEM_ERROR if it could not be written
    public Event appendSoon(Draft draft) {
        return append(draft, false);
    }

    private Event append(Draft draft, boolean wait) {
        var deadline = Deadline.in(LOCK_LIMIT);
        try (var _ = OperationLock.acquireBriefly("the event journal", lockFile, "append an event", deadline)) {
            Optional<KnownEnd> newest = newest();
            EventSegment.End end = newest.map(KnownEnd::end).orElse(EventSegment.End.BEGINNING);
            Optional<EventSegment> current =
                    newest.filter(last -> !last.isFull()).map(KnownEnd::segment);
            EventSegment segment = current.orElseGet(() -> new EventSegment(directory, end.sequence() + 1));
            long position = current.isPresent() ? end.position() : 0;
            Event event = draft.at(end.sequence() + 1, Instant.now().truncatedTo(ChronoUnit.MICROS));
            byte[] line = EventSegment.line(event);
            var after = new KnownEnd(segment, new EventSegment.End(event.sequence(), position + line.length));
            Runnable written = () -> {
                lastEnd = Optional.of(after); // before readers are told, who ask whether there is more
                tell(event);
            };
            lastEnd = Optional.empty();
            durable.append(segment.file(), position, line, written, wait || position == 0);
            if (position == 0) {
                dropOldest();
            } else if (!wait) {
                later.add(segment.file());
            }
            return event;
        } catch (IOException e) {
            throw Durable.failure("append an event in", directory, e);
        }
    }

    /// Makes all that was appended durable, so far as nobody has yet, and lets go of the directory. For who needs
    /// it no more.
    public void finish() {
        later.finish();
        lock.lock();
        try {
            bell.ifPresent(DirectoryBell::close);
        } finally {
            lock.unlock();
        }
    }

    /// The last segment. One that has grown no further ends where we know it to, and while it is not full, nobody has
    /// begun another.
    private Optional<KnownEnd> newest() throws IOException {
        Optional<KnownEnd> known = stillKnown();
        if (known.isPresent()) {
            return known;
        }
        Optional<EventSegment> newest = newestSegment();
        return newest.isEmpty()
                ? Optional.empty()
                : Optional.of(new KnownEnd(newest.get(), newest.get().end()));
    }

    private Optional<KnownEnd> stillKnown() throws IOException {
        Optional<KnownEnd> known = lastEnd;
        return known.isPresent() && known.get().isStill() ? known : Optional.empty();
    }

    private void dropOldest() throws IOException {
        List<EventSegment> segments = segments();
        for (EventSegment old : segments.subList(0, Math.max(0, segments.size() - SEGMENTS))) {
            durable.delete(old.file());
        }
    }

    /// The number of the newest event; 0 if there never was one.
    public long last() {
        return retrying(() -> newest().map(known -> known.end().sequence()).orElse(0L));
    }

    /// The events after number `after`, in order. Starts with [Event.EventsLost] if some of them have been
    /// dropped, or if `after` is not of this journal.
    public List<Event> after(long after) {
        return retrying(() -> {
            boolean isNewest = stillKnown()
                    .filter(known -> known.end().sequence() == after)
                    .isPresent();
            return isNewest ? List.<Event>of() : readAfter(after);
        });
    }

    private List<Event> readAfter(long after) throws IOException {
        List<EventSegment> segments = segments();
        if (segments.isEmpty()) {
            return after > 0 ? List.of(lost(0)) : List.<Event>of();
        }
        EventSegment newest = segments.getLast();
        var known = new KnownEnd(newest, newest.end());
        lastEnd = Optional.of(known);
        long last = known.end().sequence();
        return after > last ? List.of(lost(last)) : read(segments, after);
    }

    private List<Event> read(List<EventSegment> segments, long after) throws IOException {
        var events = new ArrayList<Event>();
        long next = after + 1;
        for (int i = 0; i < segments.size(); i++) {
            boolean passed = i + 1 < segments.size() && segments.get(i + 1).first() <= next;
            if (!passed) {
                for (Event event : segments.get(i).from(next)) {
                    if (event.sequence() > next) {
                        events.add(lost(event.sequence() - 1));
                    }
                    events.add(event);
                    next = event.sequence() + 1;
                }
            }
        }
        return List.copyOf(events);
    }

    private static Event lost(long upTo) {
        return new Event.EventsLost(upTo, Instant.now());
    }

    /// [#after] once there is something, or an empty list when `limit` has passed. What anybody appends is noticed at
    /// once; where the kernel does not tell what others do, within [#POLL].
    public List<Event> await(long after, Duration limit) {
        var deadline = Deadline.in(limit);
        while (true) {
            Duration poll = isTold() ? SELDOM : POLL;
            long seen = changes();
            List<Event> recent = recent(after);
            if (!recent.isEmpty()) {
                return recent;
            }
            Optional<Extent> before = extent();
            List<Event> events = after(after);
            if (!events.isEmpty()) {
                return events;
            }
            while (changes() == seen && extent().equals(before)) {
                if (deadline.hasPassed()) {
                    return List.of();
                }
                pause(seen, deadline.atMost(poll).remaining());
            }
        }
    }

    /// True if whatever is appended from now on counts as a change at once.
    private boolean isTold() {
        lock.lock();
        try {
            if (!bellTried) {
                bellTried = true;
                bell = DirectoryBell.of(directory, this::ring);
            }
            return bell.filter(DirectoryBell::isAlive).isPresent();
        } finally {
            lock.unlock();
        }
    }

    private void ring() {
        lock.lock();
        try {
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /// Waits, unless something has been appended here beyond `seen`.
    private void pause(long seen, Duration limit) {
        lock.lock();
        try {
            if (changes == seen) {
                changed.awaitNanos(limit.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw VirtException.qemu(ErrorCode.OPERATION_ABORTED, "interrupted while waiting for events", e);
        } finally {
            lock.unlock();
        }
    }

    /// Changes whenever an event is appended. One look at a file, if the last look or appending was
    /// the newest.
    private Optional<Extent> extent() {
        return retrying(() -> {
            Optional<KnownEnd> known = stillKnown();
            if (known.isPresent()) {
                return Optional.of(
                        new Extent(known.get().segment(), known.get().end().position()));
            }
            Optional<EventSegment> newest = newestSegment();
            return newest.isEmpty()
                    ? Optional.<Extent>empty()
                    : Optional.of(
                            new Extent(newest.get(), Files.size(newest.get().file())));
        });
    }

    private record Extent(EventSegment newest, long bytes) {}

    private Optional<EventSegment> newestSegment() throws IOException {
        return segments().stream().reduce((_, last) -> last);
    }

    private List<EventSegment> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> EventSegment.number(file.getFileName().toString()))
                    .filter(OptionalLong::isPresent)
                    .map(first -> new EventSegment(directory, first.getAsLong()))
                    .sorted()
                    .toList();
        }
    }

    private interface Reading<T> {
        T run() throws IOException;
    }

    private <T> T retrying(Reading<T> reading) {
        for (int attempt = 1; ; attempt++) {
            try {
                return reading.run();
            } catch (NoSuchFileException e) {
                if (attempt == READ_ATTEMPTS) {
                    throw Durable.failure("read events in", directory, e);
                }
            } catch (IOException e) {
                throw Durable.failure("read events in", directory, e);
            }
        }
    }
}
