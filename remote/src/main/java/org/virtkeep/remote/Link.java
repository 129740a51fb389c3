package org.virtkeep.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.KeepAlive;
import org.virtkeep.rpc.LibvirtHandshake;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.PeerFeatures;
import org.virtkeep.rpc.Procedure;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcException;
import org.virtkeep.rpc.XdrLimitException;

/// Calls to one daemon, over a connection that is made anew when it was lost. Thread-safe.
///
/// A call that finds the connection gone makes a new one first. A call during which it goes is repeated if it only
/// reads; one that changes something is not, because it may have taken effect: that is said, and the caller decides.
final class Link implements AutoCloseable {
    /// libvirtd has been seen to take two minutes for a definition, while it asked QEMU what it can do.
    static final Duration USUAL_LIMIT = Duration.ofMinutes(5);
    /// For connecting, authentication and opening.
    private static final Duration OPEN_LIMIT = Duration.ofMinutes(1);
    /// How long a reader waits for a daemon that is being restarted.
    private static final Duration RECONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_DIALS = Duration.ofMillis(200);
    private static final Duration GOODBYE_LIMIT = Duration.ofSeconds(2);
    /// Who never reads them gets the newest.
    private static final int MAX_NOTICES = 100;

    private final String uri;
    private final String serverName;
    private final Dialer dialer;
    private final LinkedBlockingDeque<String> notices = new LinkedBlockingDeque<>(MAX_NOTICES);
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private Session session;
    private boolean closed;

    /// An open connection.
    record Session(RpcClient client, PeerFeatures features) {}

    /// @param uri        for people
    /// @param serverName what the daemon is told
    Link(String uri, String serverName, Dialer dialer) {
        this.uri = uri;
        this.serverName = serverName;
        this.dialer = dialer;
    }

    String uri() {
        return uri;
    }

    /// The connection as it stands, or a new one.
    ///
    /// @throws VirtException SYSTEM_ERROR if the daemon cannot be reached; OPERATION_INVALID after [#close()]
    Session session() {
        lock.lock();
        try {
            if (closed) {
                throw new VirtException(
                        ErrorCode.OPERATION_INVALID, ErrorDomain.REMOTE, "connection '%s' is closed".formatted(uri));
            }
            if (session == null) {
                session = dial();
            } else if (session.client().ended().isPresent()) {
                String why = session.client().ended().get().getMessage();
                session = dial();
                note("%s to '%s'; it stands again".formatted(why, uri));
            }
            return session;
        } finally {
            lock.unlock();
        }
    }

    private void note(String notice) {
        while (!notices.offerLast(notice)) {
            notices.pollFirst();
        }
    }

    private Session dial() {
        var deadline = Deadline.in(OPEN_LIMIT);
        RpcClient client;
        try {
            client = dialer.dial(deadline);
        } catch (IOException e) {
            throw unreachable(e);
        }
        try {
            PeerFeatures features = LibvirtHandshake.open(client, serverName, false, deadline);
            if (features.keepAlive()) {
                client.startKeepAlive(KeepAlive.LIBVIRT);
            }
            return new Session(client, features);
        } catch (RpcException.Refused e) {
            client.close();
            throw e.toVirtException();
        } catch (RpcException e) {
            client.close();
            throw unreachable(e);
        }
    }

    private VirtException unreachable(IOException e) {
        return new VirtException(
                ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, "no connection to '%s': %s".formatted(uri, e.getMessage()), e);
    }

    /// @throws VirtException the daemon's refusal; or what is known if there was no reply
    <A, R> R call(Procedure<A, R> procedure, A arguments) {
        return call(procedure, arguments, USUAL_LIMIT);
    }

    <A, R> R call(Procedure<A, R> procedure, A arguments, Duration limit) {
        var deadline = Deadline.in(limit);
        Session used = session();
        try {
            return call(used, procedure, arguments, deadline);
        } catch (RpcException.Disconnected e) {
            if (!procedure.allowedReadOnly()) {
                throw lost(procedure, e);
            }
        }
        return again(procedure, arguments, deadline);
    }

    /// Waits for a daemon that has just gone. One that is about to go may still let us in.
    private <A, R> R again(Procedure<A, R> procedure, A arguments, Deadline deadline) {
        var patience = Deadline.in(RECONNECT_LIMIT);
        while (true) {
            Session renewed = reconnect(patience);
            try {
                return call(renewed, procedure, arguments, deadline);
            } catch (RpcException.Disconnected e) {
                if (patience.hasPassed()) {
                    throw lost(procedure, e);
                }
                LockSupport.parkNanos(BETWEEN_DIALS.toNanos());
            }
        }
    }

    private Session reconnect(Deadline patience) {
        while (true) {
            try {
                return session();
            } catch (VirtException e) {
                if (e.code() != ErrorCode.SYSTEM_ERROR || patience.hasPassed()) {
                    throw e;
                }
                LockSupport.parkNanos(BETWEEN_DIALS.toNanos());
            }
        }
    }

    private <A, R> R call(Session used, Procedure<A, R> procedure, A arguments, Deadline deadline)
            throws RpcException.Disconnected {
        try {
            return used.client().call(procedure, arguments, deadline);
        } catch (RpcException e) {
            if (e instanceof RpcException.Disconnected lost) {
                throw lost;
            }
            throw failure(procedure, e);
        } catch (XdrLimitException e) {
            throw new VirtException(
                    ErrorCode.RPC, ErrorDomain.RPC, "%s cannot be asked: %s".formatted(procedure, e.getMessage()), e);
        }
    }

    private VirtException failure(Procedure<?, ?> procedure, RpcException failure) {
        return switch (failure) {
            case RpcException.Refused refused -> refusal(procedure, refused);
            case RpcException.NoReply _ -> failure(ErrorCode.OPERATION_TIMEOUT, failure);
            case RpcException.BadReply _ -> failure(ErrorCode.RPC, failure);
            case RpcException.Disconnected lost -> lost(procedure, lost);
        };
    }

    private VirtException failure(ErrorCode code, RpcException e) {
        return new VirtException(code, ErrorDomain.RPC, "'%s': %s".formatted(uri, e.getMessage()), e);
    }

    /// libvirt's clients, too, make NO_SUPPORT of what the daemon does not know.
    private VirtException refusal(Procedure<?, ?> procedure, RpcException.Refused e) {
        return e.error().isUnknownProcedure() || e.error().isUnknownProgram()
                ? new VirtException(
                        ErrorCode.NO_SUPPORT,
                        ErrorDomain.RPC,
                        "the daemon at '%s' does not know %s".formatted(uri, procedure),
                        e)
                : e.toVirtException();
    }

    private VirtException lost(Procedure<?, ?> procedure, RpcException.Disconnected e) {
        String known = procedure.allowedReadOnly()
                ? "nothing was changed"
                : "whether it took effect is not known: look before you try again";
        return new VirtException(
                ErrorCode.SYSTEM_ERROR,
                ErrorDomain.RPC,
                "the connection to '%s' was lost in %s, %s (%s)".formatted(uri, procedure, known, e.getMessage()),
                e);
    }

    /// What was noticed since the last call of this method.
    List<String> takeNotices() {
        var taken = new ArrayList<String>();
        notices.drainTo(taken);
        return List.copyOf(taken);
    }

    /// Says goodbye if the daemon listens. Idempotent.
    @Override
    public void close() {
        Session last;
        lock.lock();
        try {
            closed = true;
            last = session;
            session = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            try (RpcClient client = last.client()) {
                client.call(LibvirtProgram.CONNECT_CLOSE, Nothing.NOTHING, Deadline.in(GOODBYE_LIMIT));
            } catch (RpcException _) {
                // gone already, which is what was wanted
            }
        }
    }
}
