package org.virtkeep.cli;

import java.time.Duration;
import java.util.List;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// Reads events and passes them on until there is a reason to stop.
final class EventLoop {
    /// After this long without an event, it is looked whether there are notices, and readers of the output.
    private static final Duration SLICE = Duration.ofSeconds(1);

    private final Connection connection;
    private final EventPrinter printer;
    private final Output output;

    EventLoop(Connection connection, EventPrinter printer, Output output) {
        this.connection = connection;
        this.printer = printer;
        this.output = output;
    }

    /// Ends when `limit` is over, when nobody reads the output any more, and unless `forever` after one event.
    ///
    /// @throws VirtException OPERATION_TIMEOUT if one event was waited for and did not come
    void run(long after, Duration limit, boolean forever) {
        Deadline deadline = Deadline.in(limit);
        long seen = after;
        while (!deadline.hasPassed()) {
            List<Event> events = connection.events(seen, deadline.atMost(SLICE).remaining());
            for (Event event : events) {
                printer.print(event);
                seen = event.sequence();
                if (!output.flush() || !forever && printer.count() > 0) {
                    return;
                }
            }
            connection.notices().forEach(output::note);
            if (output.isAbandoned()) {
                return;
            }
        }
        if (!forever) {
            throw new VirtException(
                    ErrorCode.OPERATION_TIMEOUT,
                    ErrorDomain.NONE,
                    "no such event came within %d s".formatted(limit.toSeconds()));
        }
    }
}
