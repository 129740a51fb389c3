package org.virtkeep.qemu.watch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One inotify(7) descriptor, which does not wait: the kernel queues an event before the system call returns that
/// changes a watched directory, so [#read] gives all changes that anybody has made until now. Not thread-safe.
final class Inotify implements AutoCloseable {
    // <sys/inotify.h>
    static final int CLOSE_WRITE = 0x8;
    static final int MOVED_FROM = 0x40;
    static final int MOVED_TO = 0x80;
    static final int CREATE = 0x100;
    static final int DELETE = 0x200;
    static final int DELETE_SELF = 0x400;
    static final int MOVE_SELF = 0x800;
    static final int UNMOUNT = 0x2000;
    static final int OVERFLOW = 0x4000;
    /// The watch has ended.
    static final int IGNORED = 0x8000;

    private static final int ONLY_DIRECTORIES = 0x0100_0000;
    private static final int NON_BLOCKING = 0x800;
    private static final int CLOSE_ON_EXEC = 0x8_0000;

    /// The end of a directory, or of its name.
    static final int END = DELETE_SELF | MOVE_SELF;

    /// Whatever changes what is in a directory, and its end.
    static final int CHANGES = CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE | END;

    // <errno.h>
    private static final int NO_ENTRY = 2;
    private static final int TRY_AGAIN = 11;
    private static final int NO_DIRECTORY = 20;

    /// `struct inotify_event` without its name, which has at most 256 bytes.
    private static final int HEADER_BYTES = 16;

    private static final int LARGEST_EVENT_BYTES = HEADER_BYTES + 256;
    private static final int BUFFER_BYTES = 8 << 10;
    private static final Charset NAMES = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment callState = arena.allocate(LinuxCalls.STATE);
    private final ByteBuffer error = callState.asByteBuffer().order(ByteOrder.nativeOrder());
    private final MemorySegment memory = arena.allocate(BUFFER_BYTES, Long.BYTES);
    private final ByteBuffer bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());
    private final int descriptor;
    private boolean closed;

    /// @param watch as [#add] returned it; -1 for [#OVERFLOW]
    /// @param name  in the directory; empty for the directory itself
    record Event(int watch, int mask, String name) {
        boolean is(int masks) {
            return (mask & masks) != 0;
        }
    }

    private Inotify() throws IOException {
        descriptor = start();
        if (descriptor < 0) {
            arena.close();
            throw new IOException("inotify_init1 failed with errno " + errno());
        }
    }

    /// False unless the JVM was started with `--enable-native-access=org.virtkeep.qemu`; it would warn the user
    /// otherwise.
    static boolean isPermitted() {
        return Inotify.class.getModule().isNativeAccessEnabled();
    }

    /// @throws IOException if this process, or this user, has too many of them
    static Inotify open() throws IOException {
        return new Inotify();
    }

    private int start() {
        try {
            return (int) LinuxCalls.INOTIFY_INIT1.invokeExact(callState, NON_BLOCKING | CLOSE_ON_EXEC);
        } catch (Throwable e) {
            throw uncallable("inotify_init1", e);
        }
    }

    /// Watches a directory.
    ///
    /// @param masks  [#CHANGES] or [#END]
    /// @return the number of the watch, which is never used again; the same for a directory that is watched already
    /// @throws NoSuchFileException if there is no such directory
    /// @throws IOException if it cannot be watched: this user has too many watches, or may not read it
    int add(Path directory, int masks) throws IOException {
        int watch;
        try (Arena once = Arena.ofConfined()) {
            MemorySegment path = once.allocateFrom(directory.toString(), NAMES);
            watch = (int)
                    LinuxCalls.INOTIFY_ADD_WATCH.invokeExact(callState, descriptor, path, masks | ONLY_DIRECTORIES);
        } catch (Throwable e) {
            throw uncallable("inotify_add_watch", e);
        }
        if (watch < 0 && (errno() == NO_ENTRY || errno() == NO_DIRECTORY)) {
            throw new NoSuchFileException(directory.toString());
        }
        if (watch < 0) {
            throw new IOException("inotify_add_watch failed with errno " + errno());
        }
        return watch;
    }

    /// Watches a directory no longer. No error if the watch has ended.
    void remove(int watch) {
        try {
            var _ = (int) LinuxCalls.INOTIFY_RM_WATCH.invokeExact(callState, descriptor, watch);
        } catch (Throwable e) {
            throw uncallable("inotify_rm_watch", e);
        }
    }

    /// All events until now, in their order. Does not wait.
    List<Event> read() throws IOException {
        int length = readOnce();
        if (length == 0) {
            return List.of();
        }
        var events = new ArrayList<Event>();
        parse(length, events);
        while (length > BUFFER_BYTES - LARGEST_EVENT_BYTES) { // there may be more
            length = readOnce();
            parse(length, events);
        }
        return events;
    }

    /// @return how many bytes are in the buffer now
    private int readOnce() throws IOException {
        long length;
        try {
            length = (long) LinuxCalls.READ.invokeExact(callState, descriptor, memory, (long) BUFFER_BYTES);
        } catch (Throwable e) {
            throw uncallable("read", e);
        }
        if (length < 0 && errno() != TRY_AGAIN) {
            throw new IOException("inotify cannot be read: errno " + errno());
        }
        return (int) Math.max(0, length);
    }

    private void parse(int length, List<Event> events) {
        for (int at = 0; at < length; ) {
            int nameBytes = bytes.getInt(at + 12);
            events.add(new Event(bytes.getInt(at), bytes.getInt(at + 4), name(at + HEADER_BYTES, nameBytes)));
            at += HEADER_BYTES + nameBytes;
        }
    }

    /// Names end with a zero byte, and are filled up with more.
    private String name(int at, int room) {
        int length = 0;
        while (length < room && bytes.get(at + length) != 0) {
            length++;
        }
        var name = new byte[length];
        bytes.get(at, name);
        return new String(name, NAMES);
    }

    private int errno() {
        return error.getInt(LinuxCalls.ERRNO);
    }

    private static IllegalStateException uncallable(String function, Throwable cause) {
        return new IllegalStateException(function + " cannot be called", cause);
    }

    /// Ends all watches. Idempotent.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            var _ = (int) LinuxCalls.CLOSE.invokeExact(callState, descriptor);
        } catch (Throwable e) {
            throw uncallable("close", e);
        }
        arena.close();
    }
}
