package org.virtkeep.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/// A host and the domains on it. Thread-safe.
public interface Connection extends AutoCloseable {

    /// The URI it was opened with.
    String uri();

    /// Makes a domain known, persistently, without starting it. An inactive or running domain of the
    /// same name and UUID gets the new definition, which takes effect at its next start.
    ///
    /// @throws VirtException XML_ERROR, XML_DETAIL or CONFIG_UNSUPPORTED for the document;
    ///     OPERATION_FAILED if name and uuid belong to different domains. Nothing has changed then.
    Domain define(String domainXml);

    /// Starts a domain that is known only while it runs, and forgotten when its QEMU ends
    /// (`virDomainCreateXML`). A domain of the same name and UUID that is defined and shut off runs
    /// with this document instead of its own, and stays defined.
    ///
    /// @throws VirtException as [#define] for the document; OPERATION_FAILED if name or UUID belong to
    ///     another domain; OPERATION_INVALID if it runs; otherwise as [Domain#start]. Nothing has
    ///     changed then.
    default Domain create(String domainXml, Set<Domain.StartFlag> flags) {
        throw NotOffered.by("virDomainCreateXML");
    }

    /// Makes a QEMU that someone else started known as a domain, by its QMP sockets. The process stays
    /// theirs: it is never stopped by anything but an explicit [Domain#destroy()] or
    /// [Domain#shutdown()].
    ///
    /// @param name     the domain's name
    /// @param monitors QMP sockets of one QEMU, at least one; the first is used for commands and the
    ///     others, if any, to watch and to rescue while the first is busy
    /// @throws VirtException NO_CONNECT if no monitor answers; OPERATION_FAILED if the name is taken
    Domain attach(String name, List<Path> monitors);

    /// @throws VirtException NO_DOMAIN if there is none of that name
    Domain domain(String name);

    /// @throws VirtException NO_DOMAIN if there is none with that UUID
    Domain domain(UUID uuid);

    /// The domains that pass all groups of `filters`, sorted by name. Filters of one group are
    /// alternatives, as with `virConnectListAllDomains`: ACTIVE and INACTIVE together let all pass.
    List<Domain> domains(Set<DomainFilter> filters);

    /// A domain, and the number of its run at the time of the list.
    record Listed(Domain domain, OptionalInt id) {}

    /// As [#domains], with what a list shows of each, so that nobody has to ask for it again.
    default List<Listed> list(Set<DomainFilter> filters) {
        return domains(filters).stream()
                .map(domain -> new Listed(domain, domain.id()))
                .toList();
    }

    /// Starts the domains that are marked for it ([Domain#setAutostart]), unless that was done since
    /// the host was booted.
    ///
    /// @return what kept some from being started, a line for each
    default List<String> startMarked() {
        throw NotOffered.by("virDomainSetAutostart");
    }

    /// The version of the QEMU that domains are started with (`virConnectGetVersion`): major × 1 000
    /// 000 + minor × 1 000 + micro.
    default long hypervisorVersion() {
        throw NotOffered.by("virConnectGetVersion");
    }

    /// The host's processors and memory.
    default HostInfo host() {
        throw NotOffered.by("virNodeGetInfo");
    }

    /// What the host is and which domains can run on it, as `<capabilities>`
    /// (`virConnectGetCapabilities`).
    default String capabilities() {
        throw NotOffered.by("virConnectGetCapabilities");
    }

    /// What a domain can have, as `<domainCapabilities>` (`virConnectGetDomainCapabilities`). What is
    /// left empty is this host's default.
    ///
    /// @throws VirtException INVALID_ARG for what no domain here can have
    default String domainCapabilities(
            Optional<String> emulator,
            Optional<String> architecture,
            Optional<String> machine,
            Optional<String> virtualizationType) {
        throw NotOffered.by("virConnectGetDomainCapabilities");
    }

    /// Backups into a repository that the other end makes itself. Empty if it does not do so for this caller: then
    /// `org.virtkeep.transfer` makes them, in this process.
    default Optional<RepositoryBackups> repositoryBackups() {
        return Optional.empty();
    }

    /// A backup is about to be begun over this connection: what takes time to start for it may be
    /// started now. Returns at once. If none is begun, it ends with the connection.
    default void prepareBackup() {}

    /// The sequence number of the newest event; events after it can be read with [#events].
    long lastEvent();

    /// Waits at most `limit` until there are events newer than `after`, and returns them in order;
    /// empty if none came. Events are kept for a while even when nobody waits, so a reader that
    /// remembers the last sequence number misses none; if it stayed away too long, the first element
    /// is [Event.EventsLost].
    List<Event> events(long after, Duration limit);

    /// What this connection found and put right since the last call of this method, oldest first: a
    /// job that was undone because its beginner had died, a domain whose QEMU was gone. For people;
    /// each is told once.
    List<String> notices();

    /// Lets go of the host. Domains and running backups are not affected. Idempotent.
    @Override
    void close();
}
