package org.virtkeep.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.Event;
import org.virtkeep.api.HostInfo;
import org.virtkeep.api.RepositoryBackups;
import org.virtkeep.rpc.ConnectMessages;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.VirtkeepMessages;

/// The domains of a daemon.
final class RemoteConnection implements Connection {
    private final String uri;
    private final Link link;
    private final Peer peer;
    private final Optional<RepositoryBackups> backups;

    private RemoteConnection(String uri, Link link, Peer peer, Optional<RepositoryBackups> backups) {
        this.uri = uri;
        this.link = link;
        this.peer = peer;
        this.backups = backups;
    }

    /// Connects, finds out who answers, and then owns `link`.
    ///
    /// @param local the daemon is on this host
    static RemoteConnection open(String uri, Link link, boolean local) {
        Optional<VirtkeepMessages.Server> ours = link.session().features().virtkeep();
        Optional<RepositoryBackups> backups = ours.filter(
                        server -> local && server.features().contains(VirtkeepMessages.Server.REPOSITORY_BACKUPS))
                .map(_ -> new ServerBackups(link));
        return new RemoteConnection(
                uri, link, ours.isPresent() ? new VirtkeepPeer(link, local) : new LibvirtPeer(link), backups);
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public Domain define(String domainXml) {
        return handle(link.call(LibvirtProgram.DOMAIN_DEFINE_XML, domainXml));
    }

    @Override
    public Domain create(String domainXml, Set<Domain.StartFlag> flags) {
        return handle(link.call(
                LibvirtProgram.DOMAIN_CREATE_XML, new DomainMessages.XmlFlags(domainXml, Flags.start(flags))));
    }

    @Override
    public long hypervisorVersion() {
        return link.call(LibvirtProgram.CONNECT_GET_VERSION, Nothing.NOTHING);
    }

    @Override
    public String capabilities() {
        return link.call(LibvirtProgram.CONNECT_GET_CAPABILITIES, Nothing.NOTHING);
    }

    @Override
    public HostInfo host() {
        ConnectMessages.NodeInfo node = link.call(LibvirtProgram.NODE_GET_INFO, Nothing.NOTHING);
        return new HostInfo(
                node.model(),
                node.memoryKib(),
                node.cpus(),
                node.megahertz(),
                node.nodes(),
                node.sockets(),
                node.cores(),
                node.threads(),
                link.call(LibvirtProgram.NODE_GET_FREE_MEMORY, Nothing.NOTHING));
    }

    @Override
    public String domainCapabilities(
            Optional<String> emulator,
            Optional<String> architecture,
            Optional<String> machine,
            Optional<String> virtualizationType) {
        return link.call(
                LibvirtProgram.CONNECT_GET_DOMAIN_CAPABILITIES,
                new ConnectMessages.DomainCapabilitiesArgs(emulator, architecture, machine, virtualizationType, 0));
    }

    @Override
    public Domain attach(String name, List<Path> monitors) {
        return handle(peer.attach(name, monitors.stream().map(Path::toString).toList()));
    }

    @Override
    public Domain domain(String name) {
        return handle(link.call(LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, name));
    }

    @Override
    public Domain domain(UUID uuid) {
        return handle(link.call(LibvirtProgram.DOMAIN_LOOKUP_BY_UUID, uuid));
    }

    @Override
    public List<Domain> domains(Set<DomainFilter> filters) {
        return peer.domains(filters).stream()
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .<Domain>map(this::handle)
                .toList();
    }

    private RemoteDomain handle(DomainRef domain) {
        return new RemoteDomain(link, peer, domain);
    }

    /// A daemon says to each client whether it may.
    @Override
    public Optional<RepositoryBackups> repositoryBackups() {
        return backups;
    }

    @Override
    public long lastEvent() {
        return peer.lastEvent();
    }

    @Override
    public List<Event> events(long after, Duration limit) {
        return peer.events(after, limit);
    }

    @Override
    public List<String> notices() {
        return link.takeNotices();
    }

    @Override
    public void close() {
        peer.close();
        link.close();
    }
}
