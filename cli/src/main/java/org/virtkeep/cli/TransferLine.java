package org.virtkeep.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.virtkeep.transfer.TransferProgress;

/// One line on a terminal for all that is being copied: how far, how fast, how long still. Confined to
/// one thread.
final class TransferLine {
    private static final String ERASE = "\r\033[K";

    private final PrintStream terminal;
    private final boolean drawn;
    private TransferRate rate = new TransferRate();
    private long last;

    /// @param drawn false to show nothing
    TransferLine(PrintStream terminal, boolean drawn) {
        this.terminal = terminal;
        this.drawn = drawn;
    }

    void show(List<TransferProgress> running, long nanoTime) {
        if (!running.isEmpty()) {
            show(
                    running.stream().mapToLong(TransferProgress::done).sum(),
                    running.stream().mapToLong(TransferProgress::total).sum(),
                    nanoTime);
        }
    }

    /// @param doneBytes may exceed `total` by a little
    void show(long doneBytes, long total, long nanoTime) {
        if (!drawn) {
            return;
        }
        long done = Math.min(total, doneBytes);
        if (done < last) {
            rate = new TransferRate(); // one that had ended is not counted any more
        }
        last = done;
        rate.add(nanoTime, done);
        terminal.print(ERASE + text(done, total));
        terminal.flush();
    }

    void clear() {
        if (drawn) {
            terminal.print(ERASE);
            terminal.flush();
        }
    }

    private String text(long done, long total) {
        var text = new StringBuilder();
        if (total > 0) {
            text.append(String.format(Locale.ROOT, "%.1f %%, ", 100.0 * done / total));
        }
        text.append("%s of %s".formatted(Humane.size(done), Humane.size(total)));
        OptionalDouble perSecond = rate.bytesPerSecond();
        if (perSecond.isPresent()) {
            text.append(", ")
                    .append(Humane.size((long) perSecond.getAsDouble()))
                    .append("/s");
            if (perSecond.getAsDouble() >= 1) {
                long seconds = (long) Math.ceil((total - done) / perSecond.getAsDouble());
                text.append(", ")
                        .append(Humane.duration(Duration.ofSeconds(seconds)))
                        .append(" left");
            }
        }
        return text.toString();
    }
}
