package org.virtkeep.qemu.session;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.Event;
import org.virtkeep.api.Event.LifecycleType;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DiskSourceXml;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;
import org.virtkeep.qemu.state.EventJournal;
import org.virtkeep.qemu.state.FileVersion;
import org.virtkeep.qemu.state.OperationLock;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qmp.QmpAction;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QmpSchema;
import org.virtkeep.qmp.QueryQmpSchema;
import org.virtkeep.qmp.QueryStatus;
import org.virtkeep.qmp.RunState;

/// One domain, locked and looked at, for one operation. Confined to the thread that uses it. Closing it
/// closes the monitor's connection and frees the lock; the domain goes on.
public final class DomainSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DomainSession.class);
    /// QEMU answers at once unless its main loop hangs; then this is the bound for finding out.
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);

    private final Sessions sessions;
    private final DomainFolder folder;
    private final Optional<OperationLock> lock;
    private DomainDefinition definition;
    private Optional<DomainRun> run = Optional.empty();
    private Optional<DomainRun> storage = Optional.empty();
    private Optional<QmpMonitor> monitor = Optional.empty();
    private boolean takenAsSettled;
    private boolean changesGuestOnly;
    /// How often it was opened again by who holds it, and not closed since.
    private int inner;

    /// @param lock empty for a glance at a domain, which owns nothing
    DomainSession(Sessions sessions, DomainFolder folder, Optional<OperationLock> lock, DomainDefinition definition) {
        this.sessions = sessions;
        this.folder = folder;
        this.lock = lock;
        this.definition = definition;
    }

    public Root root() {
        return sessions.root();
    }

    public DomainFolder folder() {
        return folder;
    }

    public String name() {
        return folder.name();
    }

    /// As it runs, or else as it is defined.
    public DomainDefinition definition() {
        return definition;
    }

    /// The run; empty if the domain is shut off.
    public Optional<DomainRun> run() {
        return run;
    }

    /// True if nothing is left to be done about the domain: the next session finds the same, unless somebody
    /// changes the domain or its guest does something.
    public boolean isSettled() {
        return sessions.recovery().isSettled(this);
    }

    /// Carries the domain's jobs on, if that was left out when the session was opened because nothing
    /// was to be done about them. For what depends on it how they are just now.
    public void lookAfterJobs() {
        if (takenAsSettled) {
            takenAsSettled = false;
            sessions.recovery().recover(this);
        }
    }

    /// True if others may work on the domain meanwhile, of which nothing was to be found out.
    public boolean isGlance() {
        return lock.isEmpty();
    }

    /// True if the domain has a QEMU, whatever its guest does.
    public boolean isActive() {
        return run.isPresent();
    }

    /// What has the domain's images open: its QEMU, or the storage daemon of a domain that is shut off.
    public Optional<DomainRun> holder() {
        return run.or(() -> storage);
    }

    /// True if something has the domain's images open that takes commands: see [#holder()].
    public boolean hasImages() {
        return monitor.isPresent();
    }

    /// Opens disks of a domain that is shut off, in a storage daemon, as far as they are not open
    /// yet. Does nothing for one that runs. They are closed when neither this session nor a job
    /// needs them any more.
    ///
    /// @param targets of the disks; those without medium are passed over
    /// @throws VirtException RESOURCE_BUSY naming the image that another process holds, or what else
    ///     kept an image from being opened
    public void openImages(Collection<String> targets) {
        if (!isActive()) {
            ClosedImages.open(this, targets);
        }
    }

    /// Runs something that changes bitmaps which are stored in the images. Those of a domain that is
    /// shut off are open for writing only meanwhile, and hold the change when this returns.
    public void changeImages(Runnable change) {
        if (isActive()) {
            change.run();
        } else {
            ClosedImages.changing(this, change);
        }
    }

    /// Closes the images of a domain that is shut off, unless a job needs them. Does nothing for one
    /// that runs.
    ///
    /// @throws VirtException OPERATION_FAILED if the storage daemon does not end
    public void closeUnneededImages() {
        if (storage.isPresent() && sessions.recovery().imageUser(this).isEmpty()) {
            ClosedImages.close(this);
        }
    }

    /// The monitor of [#holder()]. Owned by the session: do not close it.
    ///
    /// @throws VirtException OPERATION_INVALID if there is none
    public QmpMonitor monitor() {
        return monitor.orElseThrow(() -> notRunning(ErrorCode.OPERATION_INVALID));
    }

    /// @throws VirtException `code` if the domain does not run
    public void requireActive(ErrorCode code) {
        if (!isActive()) {
            throw notRunning(code);
        }
    }

    private VirtException notRunning(ErrorCode code) {
        return VirtException.qemu(code, "domain '%s' is not running".formatted(name()));
    }

    /// Sends a command with the usual limit.
    ///
    /// @throws VirtException as [#failure] says
    public <R> R execute(QmpCommand<R> command) {
        try {
            return monitor().execute(command, Deadline.in(COMMAND_LIMIT));
        } catch (QmpException e) {
            throw failure(e);
        }
    }

    /// Does something that may change what the guest does, asks QEMU for its state afterwards, and
    /// announces it.
    ///
    /// @param deadline for QEMU to tell
    /// @param action   returns when QEMU has answered
    public <T> Changed<T> changeGuest(Supplier<T> action, Deadline deadline) {
        try (GuestChange change = sessions.known().changing(folder, run.orElseThrow())) {
            T result = action.get();
            change.asking();
            Optional<RunState> now = Sessions.announceIfSteady(this, deadline);
            // who finds the guest stopped for another reason may have to do something about that
            if (now.filter(RunStates::isByCommand).isPresent()) {
                change.recorded();
            }
            return new Changed<>(result, now.isPresent());
        }
    }

    /// As [#changeGuest(Supplier, Deadline)], by a command, with the usual limits.
    ///
    /// @return false if what the guest does now is not on record
    public boolean changeGuest(QmpCommand<?> command) {
        return changeGuest(() -> execute(command), Deadline.in(COMMAND_LIMIT)).isRecorded();
    }

    /// @param result     what the action returned
    /// @param isRecorded false if QEMU did not tell what the guest does now, or more is to be done
    ///     about the domain: who opens the next session finds out
    public record Changed<T>(T result, boolean isRecorded) {}

    /// Sends a command of which the answer is needed later ([QmpMonitor#send]).
    ///
    /// @return waits for the answer, with the usual limit, the first time; throws as [#failure] says
    public <R> Supplier<R> ask(QmpCommand<R> command) {
        QmpMonitor.Awaited<R> answer = monitor().send(command);
        return new Supplier<>() {
            private Optional<R> known = Optional.empty();

            @Override
            public R get() {
                try {
                    if (known.isEmpty()) {
                        known = Optional.of(answer.await(Deadline.in(COMMAND_LIMIT)));
                    }
                    return known.get();
                } catch (QmpException e) {
                    throw failure(e);
                }
            }
        };
    }

    /// What the program of [#holder()] can do. It is asked once for each program.
    public QmpSchema schema() {
        Optional<FileVersion> program = holder().flatMap(KnownSchemas::program);
        Optional<QmpSchema> known = program.flatMap(KnownSchemas::find);
        if (known.isPresent()) {
            return known.get();
        }
        QmpSchema schema = execute(new QueryQmpSchema());
        program.ifPresent(file -> KnownSchemas.note(file, schema));
        return schema;
    }

    /// Sends commands that go together, with the usual limit ([QmpMonitor#executeAll]).
    ///
    /// @throws VirtException as [#failure] says, of the first that failed; those behind it may have been executed
    public void executeAll(List<? extends QmpAction> commands) {
        try {
            for (Optional<QmpException.Refused> refusal : monitor().executeAll(commands, Deadline.in(COMMAND_LIMIT))) {
                if (refusal.isPresent()) {
                    throw refusal.get();
                }
            }
        } catch (QmpException e) {
            throw failure(e);
        }
    }

    /// The error for the user when a command failed: OPERATION_FAILED if QEMU refused it or is gone,
    /// OPERATION_TIMEOUT if it did not answer, INTERNAL_ERROR if it answered nonsense.
    public VirtException failure(QmpException failure) {
        ErrorCode code = switch (failure) {
            case QmpException.Refused _, QmpException.Disconnected _ -> ErrorCode.OPERATION_FAILED;
            case QmpException.TimedOut _ -> ErrorCode.OPERATION_TIMEOUT;
            case QmpException.Protocol _ -> ErrorCode.INTERNAL_ERROR;
        };
        return VirtException.qemu(code, "domain '%s': %s".formatted(name(), failure.getMessage()), failure);
    }

    /// What the domain does now: QEMU is asked.
    public DomainState state() {
        return isActive() ? RunStates.toDomainState(runState()) : DomainState.SHUTOFF;
    }

    /// What the domain did when this session was opened, or has reported since.
    public DomainState settledState() {
        return run.map(DomainRun::reported).orElse(DomainState.SHUTOFF);
    }

    /// Records that the running domain has other disks. What is in QEMU is the caller's business.
    ///
    /// @param live what it runs with from now on
    public void changeDisks(DomainDefinition live, Map<String, DiskDevice> devices) {
        DomainRun changed = run.orElseThrow().withDevices(devices);
        folder.writeLiveXml(live.document().write());
        folder.writeRun(changed);
        definition = live;
        run = Optional.of(changed);
    }

    /// What QEMU itself calls its state.
    ///
    /// @throws VirtException OPERATION_INVALID if the domain does not run
    public RunState runState() {
        return execute(new QueryStatus()).state();
    }

    /// The disks with a medium, in the definition's order, as QEMU has them now.
    ///
    /// @throws VirtException OPERATION_INVALID if it neither runs nor has images open
    public List<LiveDisk> disks() {
        return askForDisks().get();
    }

    /// [#disks()], of which QEMU is asked now, and the answer waited for later.
    public Supplier<List<LiveDisk>> askForDisks() {
        return LiveDisks.ask(this);
    }

    /// One of [#disks()].
    ///
    /// @throws VirtException INVALID_ARG if the domain has no such disk, or no medium in it
    public LiveDisk disk(String target) {
        return disks().stream()
                .filter(disk -> disk.target().equals(target))
                .findFirst()
                .orElseThrow(() -> new VirtException(
                        ErrorCode.INVALID_ARG,
                        ErrorDomain.QEMU,
                        "domain '%s' has no disk '%s' with a medium".formatted(name(), target)));
    }

    /// Announces something about this domain; when this returns, it lasts.
    public Event emit(EventJournal.Draft draft) {
        return root().events().append(draft);
    }

    /// Announces something about this domain that is true without the event ([EventJournal#appendSoon]).
    public void emitSoon(EventJournal.Draft draft) {
        root().events().appendSoon(draft);
    }

    /// Announces a change of the domain's state.
    public void emitLifecycle(LifecycleType type, String detail) {
        emitSoon((sequence, time) -> new Event.Lifecycle(sequence, time, name(), type, detail));
    }

    /// Tells the user of the connection about something that was found and put right. The text should name
    /// the domain.
    public void notice(String text) {
        sessions.notices().accept(text);
    }

    /// This session for one more operation of who holds it; empty if it is another domain's, or of
    /// another connection.
    Optional<DomainSession> openedAgain(Sessions opener, String domain) {
        if (opener != sessions || !domain.equals(name())) {
            return Optional.empty();
        }
        inner++;
        return Optional.of(this);
    }

    /// True if who holds the domain has opened it again, and has not closed it since: then [#close] lets go of
    /// nothing.
    public boolean isOpenedAgain() {
        return inner > 0;
    }

    /// Closes images that nobody needs, ends the monitor's connection and frees the lock. Idempotent.
    /// For who opened it again while it was held, it does nothing.
    @Override
    public void close() {
        if (inner > 0) {
            inner--;
            return;
        }
        if (lock.isEmpty()) {
            return;
        }
        try (var _ = lock.get()) {
            closeImagesQuietly();
            noteQuietly();
            monitor.ifPresent(QmpMonitor::close);
        }
    }

    private void noteQuietly() {
        try {
            sessions.known().note(this);
        } catch (VirtException e) {
            LOG.warn("not known what the session left domain={}", name(), e); // the next one looks at all
        }
    }

    private void closeImagesQuietly() {
        try {
            closeUnneededImages();
        } catch (VirtException e) {
            LOG.warn("images not closed domain={}", name(), e); // the next session tries again
        }
    }

    /// The domain, which does not run, is to be started with another definition than its own.
    void startAs(DomainDefinition other) {
        definition = other;
    }

    /// Nothing was to be done about the domain, and so nothing was looked for.
    void takeAsSettled() {
        takenAsSettled = true;
    }

    /// What this session does to the domain: it sends commands, and records a state. All other
    /// files stay as they are.
    void changeGuestOnly() {
        changesGuestOnly = true;
    }

    /// True if nothing was to be done about the domain when this session was opened, and nothing of
    /// it was changed but the state that is recorded.
    public boolean isStillSettled() {
        return takenAsSettled && changesGuestOnly;
    }

    /// The domain runs, and this is how.
    void activate(DomainRun run, DomainDefinition live, QmpMonitor monitor) {
        this.run = Optional.of(run);
        this.definition = live;
        this.monitor = Optional.of(monitor);
    }

    /// The domain is shut off, and a storage daemon has images of it open.
    void attachStorage(DomainRun daemon, DomainDefinition opened, QmpMonitor connection) {
        storage = Optional.of(daemon);
        definition = opened;
        monitor = Optional.of(sessions.monitors().apply(connection));
    }

    /// There is no QEMU any more, and no storage daemon.
    void deactivate() {
        monitor.ifPresent(QmpMonitor::close);
        monitor = Optional.empty();
        run = Optional.empty();
        storage = Optional.empty();
        folder.definitionXml().map(KnownDefinitions::read).ifPresent(persistent -> definition = persistent);
    }

    /// The domain's disk `target` is on another image from now on: where the definitions that are stored name
    /// `from`, they name `to`. May be repeated.
    ///
    /// @param to a file or a block device
    /// @param format its image format
    public void moveDisk(String target, DiskSource from, DiskSource to, String format) {
        folder.liveXml().flatMap(xml -> moved(xml, target, from, to, format)).ifPresent(folder::writeLiveXml);
        folder.definitionXml()
                .flatMap(xml -> moved(xml, target, from, to, format))
                .ifPresent(folder::writeDefinition);
        Sessions.definition(folder).ifPresent(changed -> definition = changed);
    }

    private static Optional<String> moved(String xml, String target, DiskSource from, DiskSource to, String format) {
        DomainDefinition domain = DomainXml.read(xml);
        return domain.disk(target)
                .filter(disk -> disk.source().equals(Optional.of(from)))
                .map(_ -> DiskSourceXml.withImage(domain.document(), target, to, format)
                        .write());
    }

    /// The domain, which does not run, is defined anew.
    public void redefine(XmlElement document) {
        folder.writeDefinition(document.write());
        definition = DomainXml.read(document.write());
    }

    /// Announces a state, and records that it was announced.
    ///
    /// @param detail of the event, in libvirt's words
    public void report(DomainState state, String detail) {
        report(state, detail, detail);
    }

    /// As [#report(DomainState, String)], for a state whose reason is another than the event's detail.
    void report(DomainState state, String detail, String reason) {
        emitLifecycle(RunStates.event(state), detail);
        DomainRun reported = run.orElseThrow().withReported(state, reason);
        folder.writeRun(reported);
        run = Optional.of(reported);
    }
}
