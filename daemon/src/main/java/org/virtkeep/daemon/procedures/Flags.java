package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Reads flags from the bits that clients send. An unknown bit is refused, or clients would believe that what it
/// stands for exists.
final class Flags {
    private Flags() {}

    /// @param bit of a constant; 0 for one that has none
    /// @param api the C function that has these flags, for the refusal
    /// @throws VirtException INVALID_ARG for bits that no constant has
    static <E extends Enum<E>> Set<E> of(int bits, Class<E> type, ToIntFunction<E> bit, String api) {
        return of(bits, EnumSet.allOf(type), bit, api);
    }

    /// As [#of(int, Class, ToIntFunction, String)], where a procedure knows only some of the constants, which may
    /// share a bit with others.
    static <E extends Enum<E>> Set<E> of(int bits, EnumSet<E> known, ToIntFunction<E> bit, String api) {
        var flags = EnumSet.copyOf(known);
        flags.clear();
        int unknown = bits;
        for (E constant : known) {
            int mask = bit.applyAsInt(constant);
            if (mask != 0 && (bits & mask) != 0) {
                flags.add(constant);
                unknown &= ~mask;
            }
        }
        refuse(unknown, api);
        return flags;
    }

    /// For a procedure that knows some bits, or none.
    ///
    /// @param known all bits that may be set
    /// @throws VirtException INVALID_ARG if others are
    static void check(int bits, int known, String api) {
        refuse(bits & ~known, api);
    }

    private static void refuse(int unknown, String api) {
        if (unknown != 0) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG, "unsupported flags (0x%x) in function %s".formatted(unknown, api));
        }
    }
}
