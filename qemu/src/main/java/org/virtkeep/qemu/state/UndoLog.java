package org.virtkeep.qemu.state;

import java.util.ArrayDeque;
import java.util.Deque;

/// Steps to undo, newest first, unless the work was completed and [#release()] was called. Confined to one
/// thread.
///
/// ```java
/// try (var undo = new UndoLog()) {
///     create(file);
///     undo.push("delete the file", () -> delete(file));
///     riskyWork();
///     undo.release();
/// }
/// ```
public final class UndoLog implements AutoCloseable {

    /// One step back. May fail with any exception.
    public interface Step {
        void run() throws Exception;
    }

    private record Entry(String what, Step step) {}

    private final Deque<Entry> entries = new ArrayDeque<>();

    public void push(String what, Step step) {
        entries.push(new Entry(what, step));
    }

    /// Forgets the steps: what they would undo stays.
    public void release() {
        entries.clear();
    }

    /// Runs every step even if some fail, newest first. In a try-with-resources statement the failures are
    /// suppressed by the one that made undoing necessary.
    ///
    /// @throws IllegalStateException with the first failure as cause and the others suppressed
    @Override
    public void close() {
        IllegalStateException failure = null;
        while (!entries.isEmpty()) {
            Entry entry = entries.pop();
            try {
                entry.step.run();
            } catch (Exception e) { // whatever it is, the steps before must still be undone
                var wrapped = new IllegalStateException("could not undo: " + entry.what, e);
                if (failure == null) {
                    failure = wrapped;
                } else {
                    failure.addSuppressed(wrapped);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
