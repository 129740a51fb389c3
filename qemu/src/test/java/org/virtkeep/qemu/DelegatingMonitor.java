package org.virtkeep.qemu;

import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.qmp.PeerCredentials;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpGreeting;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QmpSubscription;

/// A monitor that passes all on to another; for decorators that change something of it.
class DelegatingMonitor implements QmpMonitor {
    private final QmpMonitor real;

    DelegatingMonitor(QmpMonitor real) {
        this.real = real;
    }

    @Override
    public <R> R execute(QmpCommand<R> command, Deadline deadline) throws QmpException {
        return real.execute(command, deadline);
    }

    @Override
    public QmpGreeting greeting() {
        return real.greeting();
    }

    @Override
    public QmpSubscription subscribe() {
        return real.subscribe();
    }

    @Override
    public boolean isOpen() {
        return real.isOpen();
    }

    @Override
    public Optional<PeerCredentials> peer() {
        return real.peer();
    }

    @Override
    public void close() {
        real.close();
    }
}
