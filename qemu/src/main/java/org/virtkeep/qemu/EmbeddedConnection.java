package org.virtkeep.qemu;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.UnaryOperator;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.Event;
import org.virtkeep.api.HostInfo;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.host.Capabilities;
import org.virtkeep.qemu.host.DomainCapabilities;
import org.virtkeep.qemu.host.HostFacts;
import org.virtkeep.qemu.machine.Emulator;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qmp.QmpMonitor;

/// The domains of a root. Holds nothing but what it was made of and the notices not yet read, so any
/// number of them, in any number of processes, may work on one root.
final class EmbeddedConnection implements Connection {
    /// Within this, who waits for events notices that the connection was closed.
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(250);
    /// Who never reads them gets the newest.
    private static final int MAX_NOTICES = 1_000;

    private final String uri;
    private final Root root;
    private final JobServices services;
    private final Sessions sessions;
    private final DomainLists lists;
    private final BackgroundLook look;
    private final LinkedBlockingDeque<String> notices = new LinkedBlockingDeque<>();
    private volatile boolean closed;

    EmbeddedConnection(String uri, Root root, JobServices services) {
        this(uri, root, services, UnaryOperator.identity());
    }

    /// @param monitors see [Sessions]
    EmbeddedConnection(String uri, Root root, JobServices services, UnaryOperator<QmpMonitor> monitors) {
        this.uri = uri;
        this.root = root;
        this.services = services;
        this.sessions = new Sessions(root, services.recovery(), this::addNotice, monitors, services.settled());
        this.lists = new DomainLists(sessions, services);
        this.look =
                new BackgroundLook(root, DomainLook.asking(sessions, services), services.watched(), services.settled());
    }

    private void addNotice(String text) {
        notices.addLast(text);
        while (notices.size() > MAX_NOTICES) {
            notices.pollFirst();
        }
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public Domain define(String domainXml) {
        requireOpen();
        DomainDefinition defined = new Defining(root, services).define(domainXml);
        return new EmbeddedDomain(sessions, services, services.folders().of(defined.name()), defined.uuid());
    }

    @Override
    public Domain create(String domainXml, Set<Domain.StartFlag> flags) {
        requireOpen();
        return handle(
                new Creating(root, services, sessions).create(domainXml, flags.contains(Domain.StartFlag.PAUSED)));
    }

    @Override
    public List<String> startMarked() {
        requireOpen();
        root.clearForgotten();
        return new Autostart(root, sessions).run();
    }

    @Override
    public long hypervisorVersion() {
        return Emulator.of(Emulator.USUAL).version();
    }

    @Override
    public HostInfo host() {
        return HostFacts.read();
    }

    @Override
    public String capabilities() {
        return Capabilities.write();
    }

    @Override
    public String domainCapabilities(
            Optional<String> emulator,
            Optional<String> architecture,
            Optional<String> machine,
            Optional<String> virtualizationType) {
        return DomainCapabilities.write(emulator, architecture, machine, virtualizationType);
    }

    @Override
    public Domain attach(String name, List<Path> monitors) {
        requireOpen();
        var attaching = new Attaching(root, services, this::addNotice);
        return handle(attaching.attach(name, monitors));
    }

    @Override
    public Domain domain(String name) {
        requireOpen();
        try {
            DomainFolder folder = services.folders().of(name);
            Optional<UUID> known = services.knownUuid(folder);
            if (known.isPresent()) {
                return new EmbeddedDomain(sessions, services, folder, known.get());
            }
            if (folder.exists()) {
                return handle(folder);
            }
        } catch (VirtException e) {
            if (e.code() != ErrorCode.XML_ERROR) { // which says that nothing can have that name
                throw e;
            }
        }
        throw sessions.noDomain(name);
    }

    @Override
    public Domain domain(UUID uuid) {
        requireOpen();
        return services.folders().all().stream()
                .filter(folder -> services.uuid(folder).filter(uuid::equals).isPresent())
                .findFirst()
                .<Domain>map(folder -> new EmbeddedDomain(sessions, services, folder, uuid))
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN, "no domain has the uuid '%s' in '%s'".formatted(uuid, root.dir())));
    }

    private EmbeddedDomain handle(DomainFolder folder) {
        UUID uuid = folder.uuid().orElseThrow(() -> sessions.noDomain(folder.name()));
        return new EmbeddedDomain(sessions, services, folder, uuid);
    }

    @Override
    public List<Domain> domains(Set<DomainFilter> filters) {
        return list(filters).stream().map(Listed::domain).toList();
    }

    @Override
    public List<Listed> list(Set<DomainFilter> filters) {
        requireOpen();
        return lists.list(filters);
    }

    @Override
    public long lastEvent() {
        requireOpen();
        return root.events().last();
    }

    /// Meanwhile looks at the running domains now and then, since a QEMU that dies tells nobody else.
    @Override
    public List<Event> events(long after, Duration limit) {
        var deadline = Deadline.in(limit);
        while (true) {
            requireOpen();
            List<Event> events =
                    root.events().await(after, deadline.atMost(CLOSE_LIMIT).remaining());
            if (events.stream().anyMatch(EmbeddedConnection::isStart)) {
                look.startSoon();
            }
            if (!events.isEmpty() || deadline.hasPassed()) {
                return events;
            }
            look.startIfDue();
        }
    }

    private static boolean isStart(Event event) {
        return event instanceof Event.Lifecycle lifecycle && lifecycle.type() == Event.LifecycleType.STARTED;
    }

    @Override
    public List<String> notices() {
        var drained = new ArrayList<String>();
        notices.drainTo(drained);
        return List.copyOf(drained);
    }

    @Override
    public void prepareBackup() {
        requireOpen();
        services.backups().prepare();
    }

    @Override
    public void close() {
        closed = true;
        services.endings().close();
        look.close();
        services.backups().close();
        services.states().close();
        root.events().finish();
    }

    private void requireOpen() {
        if (closed) {
            throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "connection '%s' is closed".formatted(uri));
        }
    }
}
