package org.virtkeep.nbd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/// Holds tasks back until it is opened; after that they run at once, on the thread that brings them.
final class Gate implements Executor {
    // Guarded by this.
    private final List<Runnable> held = new ArrayList<>();
    private boolean open;

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (!open) {
                held.add(task);
                return;
            }
        }
        task.run();
    }

    synchronized int held() {
        return held.size();
    }

    void open() {
        List<Runnable> all;
        synchronized (this) {
            open = true;
            all = List.copyOf(held);
            held.clear();
        }
        all.forEach(Runnable::run);
    }
}
