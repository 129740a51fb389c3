package org.virtkeep.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Finds out whether the other end of a pipe is still open, with poll(2). Java can tell only by writing, and one who
/// waits for events may have nothing to write for hours.
final class ReaderWatch {
    /// `POLLERR | POLLHUP` of Linux: a pipe without readers, a socket whose peer has closed it.
    private static final int GONE = 0x008 | 0x010;

    /// `struct pollfd`: an int and two shorts.
    private static final long POLLFD_BYTES = 8;

    private static final long RETURNED_EVENTS = 6;

    private ReaderWatch() {}

    /// False unless the JVM was started with `--enable-native-access=org.virtkeep.cli`; it would warn the user
    /// otherwise.
    static boolean isPermitted() {
        return ReaderWatch.class.getModule().isNativeAccessEnabled();
    }

    /// @param descriptor number of an open file of this process
    static boolean isGone(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(POLLFD_BYTES, JAVA_INT.byteAlignment());
            request.set(JAVA_INT, 0, descriptor);
            int answers = (int) poll().invokeExact(request, 1L, 0);
            return answers > 0 && (request.get(JAVA_SHORT, RETURNED_EVENTS) & GONE) != 0;
        } catch (Throwable e) {
            throw new IllegalStateException("poll(2) cannot be called", e);
        }
    }

    /// `int poll(struct pollfd *fds, nfds_t nfds, int timeout)`.
    @SuppressWarnings("restricted") // isPermitted
    private static MethodHandle poll() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("poll"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    }
}
