package org.virtkeep.qmp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.Deadline;

/// One QMP session with one QEMU process (or qemu-storage-daemon). Thread-safe.
///
/// [QmpConnection] is the real one. Code above this module uses only this interface, so that a test can put a
/// decorator around a connection that fails or delays chosen commands.
public interface QmpMonitor extends AutoCloseable {

    /// What QEMU said about itself when the session began.
    QmpGreeting greeting();

    /// Sends `command` and waits for its own reply; events that arrive meanwhile go to subscribers.
    ///
    /// Many threads may call at once; replies may come back in any order. An interrupt does not end the wait
    /// (the deadline does); the thread's interrupt flag is kept.
    ///
    /// @throws QmpException.Refused if QEMU answers with an error; the session stays usable
    /// @throws QmpException.TimedOut if there is no reply in time; the command may still take effect, unless
    ///     the message says that it was not sent. The session stays usable: QEMU may only be busy
    /// @throws QmpException.Disconnected if the session is lost or was closed; the command may have taken
    ///     effect
    /// @throws QmpException.Protocol if QEMU sends what QMP does not allow, or a reply of the wrong shape;
    ///     the session is then closed, and the command may have taken effect
    /// @throws IllegalArgumentException if the arguments hold a character that QEMU does not accept; nothing
    ///     was sent
    <R> R execute(QmpCommand<R> command, Deadline deadline) throws QmpException;

    /// Sends commands without waiting for one's reply before the next: QEMU executes them in their order, and goes on
    /// after one that it refuses. Quicker than one call of [#execute] for each; the same otherwise.
    ///
    /// @return for each, how QEMU refused it, if it did
    /// @throws QmpException as [#execute], but for [QmpException.Refused]; those that follow may take effect too
    default List<Optional<QmpException.Refused>> executeAll(List<? extends QmpAction> commands, Deadline deadline)
            throws QmpException {
        var refusals = new ArrayList<Optional<QmpException.Refused>>();
        for (QmpAction command : commands) {
            try {
                execute(command, deadline);
                refusals.add(Optional.empty());
            } catch (QmpException.Refused e) {
                refusals.add(Optional.of(e));
            }
        }
        return refusals;
    }

    /// Sends a command of which the answer is needed later: meanwhile QEMU works, and others can be sent.
    /// Otherwise as [#execute].
    ///
    /// @return to be asked once
    default <R> Awaited<R> send(QmpCommand<R> command) {
        return deadline -> execute(command, deadline);
    }

    /// As [#executeAll], for who has something else to do meanwhile.
    ///
    /// @return to be asked once
    default Awaited<List<Optional<QmpException.Refused>>> sendAll(List<? extends QmpAction> commands) {
        return deadline -> executeAll(commands, deadline);
    }

    /// The answer to a command that was sent.
    @FunctionalInterface
    interface Awaited<R> {
        /// @throws QmpException as [QmpMonitor#execute]
        R await(Deadline deadline) throws QmpException;
    }

    /// Starts to collect all events that arrive from now on. On a lost session the subscription has already
    /// ended, with the reason.
    QmpSubscription subscribe();

    /// Whether commands can still be sent. False for ever after the first failure or [#close()].
    boolean isOpen();

    /// Who owns the other end of the socket, if the platform tells.
    Optional<PeerCredentials> peer();

    /// Ends the session: waiting and later calls fail with [QmpException.Disconnected]; subscriptions end
    /// after the events they already hold. QEMU and everything running in it go on. Idempotent.
    @Override
    void close();
}
