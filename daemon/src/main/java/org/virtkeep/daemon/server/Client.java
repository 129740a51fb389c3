package org.virtkeep.daemon.server;

import java.util.concurrent.CopyOnWriteArrayList;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.EventMessage;
import org.virtkeep.rpc.EventType;
import org.virtkeep.rpc.KeepAlive;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Procedure;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.RpcServerConnection;

/// What the daemon keeps about one connected client: who it is, whether it has opened a connection, and what is to
/// be done when it goes. Thread-safe.
public final class Client {
    private final RpcServerConnection connection;
    private final Peer peer;
    private final KeepAlive keepAlive;
    private final CopyOnWriteArrayList<Runnable> farewells = new CopyOnWriteArrayList<>();

    // Both are set once, by CONNECT_OPEN.
    private volatile boolean open;
    private volatile boolean readOnly;
    private volatile boolean wantsToKnowTheEnd;

    Client(RpcServerConnection connection, Peer peer, KeepAlive keepAlive) {
        this.connection = connection;
        this.peer = peer;
        this.keepAlive = keepAlive;
        this.readOnly = peer.readOnly();
        connection.whenEnded(() -> farewells.forEach(Runnable::run));
    }

    /// Who has connected.
    public Peer peer() {
        return peer;
    }

    /// For logs: unique in this process.
    public String name() {
        return connection.name();
    }

    /// Lets the client call everything from now on, except changes if it asked for none.
    ///
    /// @throws VirtException INTERNAL_ERROR if it has done so before
    public synchronized void open(boolean wantsReadOnly) {
        if (open) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC, "connection already open");
        }
        readOnly = readOnly || wantsReadOnly;
        open = true;
        connection.acceptLargePackets();
    }

    public boolean isReadOnly() {
        return readOnly;
    }

    /// Begins to ping it when it is silent.
    public void startKeepAlive() {
        connection.startKeepAlive(keepAlive);
    }

    /// Whether it is to be told why the daemon closes the connection.
    public void tellOfTheEnd(boolean wanted) {
        wantsToKnowTheEnd = wanted;
    }

    public boolean wantsToKnowTheEnd() {
        return wantsToKnowTheEnd;
    }

    /// @return false if nothing is sent to it any more
    public <M extends EventMessage> boolean send(EventType<M> type, M message) {
        return connection.send(type, message);
    }

    /// Runs `action` when the client has gone, for whatever reason; at once if it has.
    public void whenGone(Runnable action) {
        farewells.add(action);
        if (connection.hasEnded() && farewells.remove(action)) {
            action.run();
        }
    }

    /// Refuses what this client may not call, or not yet.
    ///
    /// @throws VirtException INTERNAL_ERROR before the connection is open; OPERATION_DENIED for a change on a
    ///     connection that is for reading only
    void check(Procedure<?, ?> procedure) {
        if (!open && !beforeOpen(procedure)) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC, "hypervisor connection not open");
        }
        if (readOnly) {
            RpcDispatcher.refuseChanges(procedure);
        }
    }

    /// Refuses to show secrets to a client that may only read, in libvirt's words.
    ///
    /// @param asked  true if it wants to see them
    /// @param domain of the refusal
    /// @param api    the C function it called
    /// @throws VirtException OPERATION_DENIED
    public void refuseSecrets(boolean asked, ErrorDomain domain, String api) {
        if (asked && readOnly) {
            throw new VirtException(ErrorCode.OPERATION_DENIED, domain, "%s with secure flag".formatted(api));
        }
    }

    /// What libvirtd, too, answers to a client that has not opened a connection.
    private static boolean beforeOpen(Procedure<?, ?> procedure) {
        return procedure == LibvirtProgram.AUTH_LIST
                || procedure == LibvirtProgram.AUTH_POLKIT
                || procedure == LibvirtProgram.CONNECT_OPEN
                || procedure == LibvirtProgram.CONNECT_CLOSE
                || procedure == LibvirtProgram.CONNECT_SUPPORTS_FEATURE;
    }
}
