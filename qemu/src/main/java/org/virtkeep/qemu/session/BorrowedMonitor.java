package org.virtkeep.qemu.session;

import java.util.List;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.qmp.PeerCredentials;
import org.virtkeep.qmp.QmpAction;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpGreeting;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QmpSubscription;

/// A connection that goes on to serve its owner when a session lets go of it. Thread-safe.
record BorrowedMonitor(QmpMonitor owned) implements QmpMonitor {

    @Override
    public QmpGreeting greeting() {
        return owned.greeting();
    }

    @Override
    public <R> R execute(QmpCommand<R> command, Deadline deadline) throws QmpException {
        return owned.execute(command, deadline);
    }

    @Override
    public List<Optional<QmpException.Refused>> executeAll(List<? extends QmpAction> commands, Deadline deadline)
            throws QmpException {
        return owned.executeAll(commands, deadline);
    }

    @Override
    public Awaited<List<Optional<QmpException.Refused>>> sendAll(List<? extends QmpAction> commands) {
        return owned.sendAll(commands);
    }

    @Override
    public <R> Awaited<R> send(QmpCommand<R> command) {
        return owned.send(command);
    }

    @Override
    public QmpSubscription subscribe() {
        return owned.subscribe();
    }

    @Override
    public boolean isOpen() {
        return owned.isOpen();
    }

    @Override
    public Optional<PeerCredentials> peer() {
        return owned.peer();
    }

    @Override
    public void close() {}
}
