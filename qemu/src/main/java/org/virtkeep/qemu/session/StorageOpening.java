package org.virtkeep.qemu.session;

import java.time.Duration;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qmp.QmpMonitor;

/// The part of [Opening] for a domain that is shut off while a storage daemon is recorded for it:
/// what happened to that since the last session is found out, and it is ended unless a job needs it.
/// Used once, by one thread.
final class StorageOpening {
    private static final Duration DYING_LIMIT = Duration.ofSeconds(2);
    /// Only who has waited so long may take it for hung.
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration FREED_LIMIT = Duration.ofSeconds(10);

    private final Sessions sessions;
    private final DomainSession session;
    private final DomainFolder folder;
    private final boolean force;
    private boolean freed;

    StorageOpening(Sessions sessions, DomainSession session, boolean force) {
        this.sessions = sessions;
        this.session = session;
        this.folder = session.folder();
        this.force = force;
    }

    void settle(DomainRun storage, Deadline deadline) {
        if (storage.phase() == DomainRun.Phase.STARTING) {
            QemuProcess.toldToListenOn(storage.workMonitor()).forEach(QemuProcess::terminate);
            ended();
        } else if (storage.process().filter(process -> !process.isAlive()).isPresent()) {
            ended();
        } else {
            connect(storage, deadline);
        }
    }

    private void connect(DomainRun storage, Deadline deadline) {
        switch (Monitors.connect(storage, deadline)) {
            case Monitors.Outcome.Answered(var monitor) -> attach(storage, monitor);
            case Monitors.Outcome.Gone() when isDying(storage) -> ended();
            case Monitors.Outcome.Gone() -> silent(storage, "nobody listens on its monitor sockets", deadline);
            case Monitors.Outcome.Silent(String reason) -> silent(storage, reason, deadline);
        }
    }

    private void attach(DomainRun storage, QmpMonitor monitor) {
        session.attachStorage(storage, folder.storageXml().map(DomainXml::read).orElse(session.definition()), monitor);
        try {
            sessions.recovery().recover(session);
        } catch (VirtException e) {
            if (!session.hasImages() || session.monitor().isOpen() || !isDying(storage)) {
                throw e;
            }
            ended(); // it died while we looked at it
        }
        session.closeUnneededImages();
    }

    private static boolean isDying(DomainRun storage) {
        return QemuProcess.awaitEnd(storage.process().orElseThrow(), Deadline.in(DYING_LIMIT));
    }

    private void silent(DomainRun storage, String reason, Deadline deadline) {
        if (!freed
                && deadline.limit().compareTo(PATIENCE) >= 0
                && sessions.recovery().freeQemu(session)) {
            freed = true;
            connect(storage, Deadline.in(FREED_LIMIT));
            return;
        }
        if (!force) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_TIMEOUT,
                    "the storage daemon of domain '%s' (process %d) does not answer: %s; try again, or kill that process"
                            .formatted(
                                    folder.name(),
                                    storage.process().orElseThrow().pid(),
                                    reason));
        }
        QemuProcess.kill(storage.process().orElseThrow());
        ended();
    }

    /// It is gone. Jobs are told while it is still recorded, so that they know what they have lost.
    private void ended() {
        session.deactivate();
        sessions.recovery().recover(session);
        folder.deleteStorage();
    }
}
