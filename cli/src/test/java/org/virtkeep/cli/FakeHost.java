package org.virtkeep.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.Event;
import org.virtkeep.api.HostInfo;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// A host in memory: what a test put into it, and what a command asked of it.
final class FakeHost implements Connection {
    final List<FakeDomain> domains = new ArrayList<>();
    final List<String> calls = new ArrayList<>();
    final List<String> notices = new ArrayList<>();

    /// What each call of `events` answers; when none is left, it waits in vain.
    final Deque<List<Event>> batches = new ArrayDeque<>();

    Set<DomainFilter> filters = EnumSet.noneOf(DomainFilter.class);
    boolean closed;

    FakeDomain add(String name, int id) {
        var domain = new FakeDomain(this, name, id, DomainState.RUNNING);
        domains.add(domain);
        return domain;
    }

    FakeDomain addInactive(String name) {
        var domain = new FakeDomain(this, name, -1, DomainState.SHUTOFF);
        domains.add(domain);
        return domain;
    }

    @Override
    public String uri() {
        return "fake:///";
    }

    @Override
    public Domain define(String domainXml) {
        calls.add("define " + domainXml);
        return addInactive("defined");
    }

    @Override
    public HostInfo host() {
        return new HostInfo("x86_64", 4096, 8, 2400, 1, 2, 4, 1, 1024);
    }

    @Override
    public String capabilities() {
        return "<capabilities/>";
    }

    @Override
    public String domainCapabilities(
            Optional<String> emulator,
            Optional<String> architecture,
            Optional<String> machine,
            Optional<String> virtualizationType) {
        calls.add("domainCapabilities " + List.of(emulator, architecture, machine, virtualizationType));
        return "<domainCapabilities/>";
    }

    @Override
    public Domain attach(String name, List<Path> monitors) {
        calls.add("attach " + name + " " + monitors);
        return add(name, 77);
    }

    @Override
    public Domain domain(String name) {
        return find(domain -> domain.name().equals(name), name);
    }

    @Override
    public Domain domain(UUID uuid) {
        return find(domain -> domain.uuid().equals(uuid), uuid.toString());
    }

    private Domain find(Predicate<Domain> wanted, String word) {
        return domains.stream()
                .filter(wanted)
                .findFirst()
                .orElseThrow(() -> VirtException.qemu(ErrorCode.NO_DOMAIN, "no domain '%s'".formatted(word)));
    }

    @Override
    public List<Domain> domains(Set<DomainFilter> wanted) {
        filters = wanted;
        return domains.stream()
                .filter(domain -> domain.id().isPresent() || !wanted.contains(DomainFilter.ACTIVE))
                .filter(domain -> domain.id().isEmpty() || !wanted.contains(DomainFilter.INACTIVE))
                .map(Domain.class::cast)
                .toList();
    }

    @Override
    public long lastEvent() {
        return 100;
    }

    @Override
    public List<Event> events(long after, Duration limit) {
        calls.add("events after " + after);
        if (batches.isEmpty()) {
            LockSupport.parkNanos(limit.toNanos());
            return List.of();
        }
        return batches.removeFirst();
    }

    @Override
    public List<String> notices() {
        List<String> told = List.copyOf(notices);
        notices.clear();
        return told;
    }

    @Override
    public void close() {
        closed = true;
    }
}
