package org.virtkeep.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.virtkeep.model.VirtException;

/// A host and the domains on it. Thread-safe.
public interface Connection extends AutoCloseable {

    /// The URI it was opened with.
    String uri();

    /// Makes a domain known, persistently, without starting it. An inactive or running domain of the same
    /// name and UUID gets the new definition, which takes effect at its next start.
    ///
    /// @throws VirtException XML_ERROR, XML_DETAIL or CONFIG_UNSUPPORTED for the document;
    ///     OPERATION_FAILED if name and uuid belong to different domains. Nothing has changed then.
    Domain define(String domainXml);

    /// Makes a QEMU that someone else started known as a domain, by its QMP sockets. The process stays
    /// theirs: it is never stopped by anything but an explicit [Domain#destroy()] or [Domain#shutdown()].
    ///
    /// @param name     the domain's name
    /// @param monitors QMP sockets of one QEMU, at least one; the first is used for commands and the others,
    ///     if any, to watch and to rescue while the first is busy
    /// @throws VirtException NO_CONNECT if no monitor answers; OPERATION_FAILED if the name is taken
    Domain attach(String name, List<Path> monitors);

    /// @throws VirtException NO_DOMAIN if there is none of that name
    Domain domain(String name);

    /// @throws VirtException NO_DOMAIN if there is none with that UUID
    Domain domain(UUID uuid);

    /// The domains that pass all groups of `filters`, sorted by name. Filters of one group are alternatives,
    /// as with `virConnectListAllDomains`: ACTIVE and INACTIVE together let all pass.
    List<Domain> domains(Set<DomainFilter> filters);

    /// The sequence number of the newest event; events after it can be read with [#events].
    long lastEvent();

    /// Waits at most `limit` until there are events newer than `after`, and returns them in order; empty if
    /// none came. Events are kept for a while even when nobody waits, so a reader that remembers the last
    /// sequence number misses none; if it stayed away too long, the first element is [Event.EventsLost].
    List<Event> events(long after, Duration limit);

    /// What this connection found and put right since the last call of this method, oldest first: a job that was
    /// undone because its beginner had died, a domain whose QEMU was gone. For people; each is told once.
    List<String> notices();

    /// Lets go of the host. Domains and running backups are not affected. Idempotent.
    @Override
    void close();
}
