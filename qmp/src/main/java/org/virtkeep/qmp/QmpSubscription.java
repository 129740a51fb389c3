package org.virtkeep.qmp;

import java.util.Optional;
import org.virtkeep.model.Deadline;

/// The events that arrived since the subscription was made, in order and without gaps. Thread-safe, though
/// events are handed out once: two readers share them.
///
/// The queue is bounded. When it is full, or the session is lost, the subscription ends: what it holds can
/// still be read, then [#next] returns nothing and [#end] tells why. A reader that sees the end must ask QEMU
/// for its state, since events may have been missed.
public interface QmpSubscription extends AutoCloseable {

    /// Takes the next event, waiting for it until `deadline`.
    ///
    /// Like [QmpMonitor#execute], the wait is not ended by an interrupt.
    ///
    /// @return empty if `deadline` passed, or at once if the subscription has ended and all its events were
    ///     read
    Optional<QmpEvent> next(Deadline deadline);

    /// How many events have arrived until now, those included that were taken. What a command was
    /// answered before this is asked, and every event before that answer, is among them.
    long arrived();

    /// Why no more events will come. Present as soon as it is known, even while [#next] still has events to
    /// give.
    Optional<End> end();

    /// Ends the subscription and forgets what it holds. Idempotent; wakes a waiting reader.
    @Override
    void close();

    /// Why a subscription ended.
    sealed interface End {

        /// The reader was too slow: the queue was full and events were lost. The session goes on.
        ///
        /// @param capacity how many events the queue holds
        record Overflow(int capacity) implements End {}

        /// The session was lost or closed.
        record Disconnected(QmpException cause) implements End {}

        /// The subscription itself was closed.
        record Closed() implements End {}
    }
}
