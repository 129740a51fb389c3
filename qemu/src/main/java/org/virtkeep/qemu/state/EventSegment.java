package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.virtkeep.api.Event;

/// One file of the journal: events with consecutive numbers from `first` on, one a line. Only lines with an
/// end count. Immutable; reads the disk at every call.
record EventSegment(Path directory, long first) implements Comparable<EventSegment> {
    private static final String SUFFIX = ".jsonl";
    private static final int NAME_DIGITS = 19;
    private static final Pattern NAME = Pattern.compile("[0-9]{19}\\.jsonl");
    private static final int FIRST_WINDOW_BYTES = 64 << 10;

    /// Where the next event goes.
    ///
    /// @param sequence number of the last event
    /// @param position in bytes, behind the last complete line
    record End(long sequence, long position) {
        static final End BEGINNING = new End(0, 0);
    }

    /// The number in a segment's file name.
    static OptionalLong number(String fileName) {
        return NAME.matcher(fileName).matches()
                ? OptionalLong.of(Long.parseLong(fileName.substring(0, NAME_DIGITS)))
                : OptionalLong.empty();
    }

    static byte[] line(Event event) throws IOException {
        byte[] json = Json.bytes(EventJson.toJson(event));
        byte[] line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    Path file() {
        String digits = Long.toString(first);
        return directory.resolve("0".repeat(NAME_DIGITS - digits.length()) + digits + SUFFIX);
    }

    @Override
    public int compareTo(EventSegment other) {
        return Long.compare(first, other.first);
    }

    End end() throws IOException {
        Tail tail = tail(FIRST_WINDOW_BYTES);
        while (tail.lines.isEmpty() && !tail.isWhole()) {
            tail = tail(tail.windowBytes * 8);
        }
        if (tail.lines.isEmpty()) {
            return new End(first - 1, 0);
        }
        Optional<Event> last = parse(tail.lines.getLast());
        return new End(last.isPresent() ? last.get().sequence() : first + lineCount() - 1, tail.end);
    }

    /// Only for a journal that was damaged.
    private long lineCount() throws IOException {
        return tail(Integer.MAX_VALUE).lines.size();
    }

    /// The events numbered `sequence` and later. Damaged lines are left out.
    List<Event> from(long sequence) throws IOException {
        Tail tail = tail(FIRST_WINDOW_BYTES);
        while (!tail.isWhole() && !tail.startsBefore(sequence)) {
            tail = tail(tail.windowBytes * 8);
        }
        var events = new ArrayList<Event>();
        for (byte[] line : tail.lines.reversed()) {
            Optional<Event> event = parse(line);
            if (event.isPresent() && event.get().sequence() < sequence) {
                break;
            }
            event.ifPresent(events::addFirst);
        }
        return List.copyOf(events);
    }

    private static Optional<Event> parse(byte[] line) {
        try {
            return Optional.of(EventJson.fromJson(Json.parse("event", line)));
        } catch (IOException _) {
            return Optional.empty(); // damaged: shows as a gap in the numbers
        }
    }

    /// The complete lines in the last `windowBytes` of a file.
    ///
    /// @param start where the window begins
    /// @param end   behind the last complete line
    private record Tail(long windowBytes, long start, long end, List<byte[]> lines) {
        boolean isWhole() {
            return start == 0;
        }

        boolean startsBefore(long sequence) {
            return !lines.isEmpty()
                    && parse(lines.getFirst())
                            .filter(event -> event.sequence() <= sequence)
                            .isPresent();
        }
    }

    private Tail tail(long windowBytes) throws IOException {
        try (var channel = FileChannel.open(file(), StandardOpenOption.READ)) {
            long size = channel.size();
            long start = Math.max(0, size - windowBytes);
            var bytes = ByteBuffer.allocate(Math.toIntExact(size - start));
            while (bytes.hasRemaining() && channel.read(bytes, start + bytes.position()) >= 0) {
                continue;
            }
            return split(windowBytes, start, Arrays.copyOf(bytes.array(), bytes.position()));
        }
    }

    private static Tail split(long windowBytes, long start, byte[] bytes) {
        var lines = new ArrayList<byte[]>();
        int from = 0;
        boolean complete = start == 0; // a window that starts within the file starts within a line
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                if (complete) {
                    lines.add(Arrays.copyOfRange(bytes, from, i));
                }
                complete = true;
                from = i + 1;
            }
        }
        return new Tail(windowBytes, start, start + from, lines);
    }
}
