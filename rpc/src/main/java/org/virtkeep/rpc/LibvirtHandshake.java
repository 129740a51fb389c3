package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;

/// What a client says first: authentication, opening, features.
public final class LibvirtHandshake {
    private LibvirtHandshake() {}

    /// Authenticates and opens a connection to a hypervisor.
    ///
    /// @param client   fresh: nothing was called yet
    /// @param uri      as `qemu:///system`, without transport and parameters; empty for the server's default
    /// @param readOnly the server then refuses every change
    /// @throws RpcException.Refused also if the server wants an authentication that is not supported here. The
    ///     connection is then of no use.
    public static PeerFeatures open(RpcClient client, String uri, boolean readOnly, Deadline deadline)
            throws RpcException {
        authenticate(client, deadline);
        boolean keepAlive = has(client, LibvirtProgram.FEATURE_KEEPALIVE, deadline);
        int flags = readOnly ? ConnectMessages.Open.READ_ONLY : 0;
        client.call(LibvirtProgram.CONNECT_OPEN, new ConnectMessages.Open(Optional.of(uri), flags), deadline);
        return new PeerFeatures(
                has(client, LibvirtProgram.FEATURE_TYPED_PARAMETER_STRINGS, deadline),
                keepAlive,
                has(client, LibvirtProgram.FEATURE_CALLBACK_EVENTS, deadline),
                has(client, LibvirtProgram.FEATURE_CLOSE_CALLBACK, deadline),
                virtkeep(client, deadline));
    }

    /// A root client of libvirtd is let in by this first call already.
    private static void authenticate(RpcClient client, Deadline deadline) throws RpcException {
        List<Integer> types;
        try {
            types = client.call(LibvirtProgram.AUTH_LIST, Nothing.NOTHING, deadline)
                    .types();
        } catch (RpcException.Refused e) {
            if (e.error().isUnknownProcedure()) {
                return;
            }
            throw e;
        }
        if (types.isEmpty() || types.contains(ConnectMessages.AuthTypes.NONE)) {
            return;
        }
        if (!types.contains(ConnectMessages.AuthTypes.POLKIT)) {
            throw new RpcException.Refused(WireError.of(
                    ErrorCode.AUTH_FAILED,
                    ErrorDomain.REMOTE,
                    "the server wants SASL authentication, which is not supported here"));
        }
        client.call(LibvirtProgram.AUTH_POLKIT, Nothing.NOTHING, deadline);
    }

    private static boolean has(RpcClient client, int feature, Deadline deadline) throws RpcException {
        try {
            return client.call(LibvirtProgram.CONNECT_SUPPORTS_FEATURE, feature, deadline);
        } catch (RpcException.Refused e) {
            if (e.error().isUnknownProcedure()) {
                return false;
            }
            throw e;
        }
    }

    private static Optional<VirtkeepMessages.Server> virtkeep(RpcClient client, Deadline deadline) throws RpcException {
        try {
            return Optional.of(client.call(VirtkeepProgram.CONNECT_GET_SERVER, Nothing.NOTHING, deadline));
        } catch (RpcException.Refused e) {
            if (e.error().isUnknownProgram()) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
