package org.virtkeep.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.virtkeep.repository.Task;

/// Shows how far a task is while this is open, in a line on the terminal; and cancels it when the process is told to
/// end, so that it can put in order what it holds.
final class TaskDisplay implements AutoCloseable {
    private static final String ERASE = "\r\033[K";
    private static final long PERIOD_MILLIS = 200;

    /// How long the end of the process is held up. What a longer one leaves is put right by the next run.
    private static final long GRACE_SECONDS = 10;

    private final Task task;
    private final PrintStream terminal;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread drawing;
    private final Thread hook;

    private TaskDisplay(Task task, PrintStream terminal, boolean drawn) {
        this.task = task;
        this.terminal = terminal;
        this.hook = Thread.ofPlatform().name("cli-cancel").unstarted(this::cancelAndWait);
        this.drawing = Thread.ofPlatform().name("cli-progress").daemon().unstarted(this::draw);
        Runtime.getRuntime().addShutdownHook(hook);
        if (drawn) {
            drawing.start();
        }
    }

    static TaskDisplay of(Task task, Surroundings surroundings, Output output) {
        return new TaskDisplay(task, surroundings.err(), surroundings.terminal() && !output.isQuiet());
    }

    private void cancelAndWait() {
        task.cancel();
        try {
            ended.await(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void draw() {
        var rate = new TransferRate();
        String stage = "";
        try {
            while (!ended.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                Task.Progress progress = task.progress();
                if (!progress.stage().equals(stage)) {
                    stage = progress.stage();
                    rate = new TransferRate();
                }
                rate.add(System.nanoTime(), progress.done());
                terminal.print(ERASE + text(progress, rate.bytesPerSecond()));
                terminal.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        terminal.print(ERASE);
        terminal.flush();
    }

    /// Such as `reading packs: 12.5 %, 1.250 GiB of 10.000 GiB, 500.000 MiB/s, 18.0 s left`.
    static String text(Task.Progress progress, OptionalDouble perSecond) {
        var text = new StringBuilder(progress.stage());
        if (progress.total() > 0) {
            text.append(String.format(Locale.ROOT, ": %.1f %%", 100.0 * progress.done() / progress.total()));
        }
        if (progress.inBytes()) {
            text.append(", %s of %s".formatted(Humane.size(progress.done()), Humane.size(progress.total())));
        }
        if (progress.inBytes() && perSecond.orElse(0) >= 1) {
            long seconds = (long) Math.ceil((progress.total() - progress.done()) / perSecond.getAsDouble());
            text.append(", %s/s, %s left"
                    .formatted(
                            Humane.size((long) perSecond.getAsDouble()),
                            Humane.duration(Duration.ofSeconds(Math.max(0, seconds)))));
        }
        return text.toString();
    }

    /// Ends the line; the task has ended.
    @Override
    public void close() {
        ended.countDown();
        try {
            drawing.join();
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            return; // the process is ending already
        }
    }
}
