package org.virtkeep.qemu.watch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/// The C functions that [Inotify] calls: inotify(7), read(2), close(2). Each takes memory of [#STATE] first, into which
/// `errno` is put. To load this class takes some hundredth of a second.
final class LinuxCalls {
    static final StructLayout STATE = Linker.Option.captureStateLayout();
    static final int ERRNO = Math.toIntExact(STATE.byteOffset(PathElement.groupElement("errno")));

    static final MethodHandle INOTIFY_INIT1 = handle("inotify_init1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    static final MethodHandle INOTIFY_ADD_WATCH =
            handle("inotify_add_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    static final MethodHandle INOTIFY_RM_WATCH =
            handle("inotify_rm_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    static final MethodHandle READ = handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private LinuxCalls() {}

    @SuppressWarnings("restricted") // Inotify.isPermitted
    private static MethodHandle handle(String function, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        MemorySegment address = linker.defaultLookup().findOrThrow(function);
        return linker.downcallHandle(address, descriptor, Linker.Option.captureCallState("errno"));
    }
}
