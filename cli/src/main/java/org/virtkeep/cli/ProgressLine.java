package org.virtkeep.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import org.virtkeep.api.BackupJob;

/// One line on a terminal that is drawn again and again: how far, how fast, how long still.
final class ProgressLine {
    private static final String ERASE = "\r\033[K";

    private final PrintStream terminal;
    private final boolean drawn;
    private final TransferRate rate = new TransferRate();

    /// @param drawn false to show nothing
    ProgressLine(PrintStream terminal, boolean drawn) {
        this.terminal = terminal;
        this.drawn = drawn;
    }

    void show(BackupJob job, long nanoTime) {
        if (drawn) {
            rate.add(nanoTime, job.processed());
            terminal.print(ERASE + text(job));
            terminal.flush();
        }
    }

    void clear() {
        if (drawn) {
            terminal.print(ERASE);
            terminal.flush();
        }
    }

    private String text(BackupJob job) {
        var text = new StringBuilder("backup job %d: ".formatted(job.id()));
        if (job.total() > 0) {
            text.append(String.format(Locale.ROOT, "%.1f %%, ", 100.0 * job.processed() / job.total()));
        }
        text.append(JobView.progress(job));
        OptionalDouble perSecond = rate.bytesPerSecond();
        if (perSecond.isPresent()) {
            text.append(", ")
                    .append(Humane.size((long) perSecond.getAsDouble()))
                    .append("/s");
            if (perSecond.getAsDouble() >= 1) {
                long seconds = (long) Math.ceil(JobView.remaining(job) / perSecond.getAsDouble());
                text.append(", ")
                        .append(Humane.duration(Duration.ofSeconds(seconds)))
                        .append(" left");
            }
        }
        return text.toString();
    }
}
