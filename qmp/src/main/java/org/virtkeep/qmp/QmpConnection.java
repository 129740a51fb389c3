package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.Deadline;

/// A QMP session over a monitor's unix socket.
///
/// QEMU serves one client per monitor socket: connect once, share the connection, close it when done. A QEMU
/// that is killed, or a monitor that misbehaves, ends the connection for all callers at once; make a new one
/// then.
public final class QmpConnection implements QmpMonitor {

    /// How many unread events a subscription holds before it ends with [QmpSubscription.End.Overflow].
    public static final int EVENT_CAPACITY = 10_000;

    private final QmpSession session;
    private final QmpGreeting greeting;

    private QmpConnection(QmpSession session, QmpGreeting greeting) {
        this.session = session;
        this.greeting = greeting;
    }

    /// Connects to the monitor that listens at `socket`, and leaves its negotiation mode.
    ///
    /// @throws QmpException.TimedOut if QEMU does not greet in time, most likely because the monitor is in
    ///     use by another client
    /// @throws QmpException.Disconnected if nobody listens there, we may not, or QEMU closes
    /// @throws QmpException.Protocol if the other end is not a QMP monitor in control mode
    public static QmpConnection connect(Path socket, Deadline deadline) throws QmpException {
        var session = QmpSession.start(socket, MonitorSocket.open(socket, deadline));
        try {
            var connection = new QmpConnection(session, session.awaitGreeting(deadline));
            connection.negotiate(deadline);
            return connection;
        } catch (QmpException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /// QEMU 10 may still carry out what a client that died had sent, after it has greeted the next one: if that was
    /// `qmp_capabilities`, the command is gone when we send ours, and commands are enabled.
    private void negotiate(Deadline deadline) throws QmpException {
        try {
            execute(new NegotiateCapabilities(), deadline);
        } catch (QmpException.Refused e) {
            if (!e.isUnknownCommand()) {
                throw e;
            }
        }
    }

    @Override
    public QmpGreeting greeting() {
        return greeting;
    }

    @Override
    public <R> R execute(QmpCommand<R> command, Deadline deadline) throws QmpException {
        return result(command, session.send(command).await(deadline));
    }

    private <R> R result(QmpCommand<R> command, Reply reply) throws QmpException {
        return switch (reply) {
            case Reply.Result(JsonNode value) -> decode(command, value);
            case Reply.Error(String errorClass, String description) ->
                throw new QmpException.Refused(command.name(), errorClass, description);
            case Reply.Lost(QmpException cause) ->
                throw QmpSession.again("no answer to '%s'".formatted(command.name()), cause);
        };
    }

    @Override
    public List<Optional<QmpException.Refused>> executeAll(List<? extends QmpAction> commands, Deadline deadline)
            throws QmpException {
        return sendAll(commands).await(deadline);
    }

    @Override
    public Awaited<List<Optional<QmpException.Refused>>> sendAll(List<? extends QmpAction> commands) {
        List<QmpSession.Sent> sent = session.sendAll(commands);
        return deadline -> refusals(sent, deadline);
    }

    /// QEMU answers in order: when the last answer is there, nobody has to wait for the others.
    private List<Optional<QmpException.Refused>> refusals(List<QmpSession.Sent> sent, Deadline deadline)
            throws QmpException {
        if (!sent.isEmpty()) {
            sent.getLast().waitFor(deadline);
        }
        var refusals = new ArrayList<Optional<QmpException.Refused>>();
        for (QmpSession.Sent each : sent) {
            try {
                result(each.command(), each.await(deadline));
                refusals.add(Optional.empty());
            } catch (QmpException.Refused e) {
                refusals.add(Optional.of(e));
            }
        }
        return refusals;
    }

    @Override
    public <R> Awaited<R> send(QmpCommand<R> command) {
        QmpSession.Sent sent = session.send(command);
        return deadline -> result(command, sent.await(deadline));
    }

    @Override
    public QmpSubscription subscribe() {
        return session.subscribe(EVENT_CAPACITY);
    }

    @Override
    public boolean isOpen() {
        return session.isOpen();
    }

    @Override
    public Optional<PeerCredentials> peer() {
        return session.peer();
    }

    @Override
    public void close() {
        session.close();
    }

    private <R> R decode(QmpCommand<R> command, JsonNode value) throws QmpException.Protocol {
        try {
            return command.decode(value);
        } catch (QmpException.Protocol e) {
            var failure = new QmpException.Protocol(
                    "malformed reply to '%s': %s".formatted(command.name(), e.getMessage()), e);
            session.fail(failure);
            throw failure;
        }
    }

    /// `qmp_capabilities` (qapi/control.json, since 0.13): enables commands; we ask for no capability.
    private record NegotiateCapabilities() implements QmpAction {
        @Override
        public String name() {
            return "qmp_capabilities";
        }
    }
}
