package org.virtkeep.daemon.procedures;

import java.net.URI;
import java.util.List;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.ConnectMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// Opening and closing a connection, and what the daemon can do.
final class ConnectProcedures implements ProcedureGroup {
    /// What clients believe to talk to: the libvirt whose behaviour we have, before flag 2 of its backup-begin.
    private static final long LIBVIRT_VERSION = 9_000_000;

    /// Descriptors cannot be passed: Java's unix sockets do not carry them.
    private static final List<Integer> FEATURES = List.of(
            LibvirtProgram.FEATURE_TYPED_PARAMETER_STRINGS,
            LibvirtProgram.FEATURE_KEEPALIVE,
            LibvirtProgram.FEATURE_CALLBACK_EVENTS,
            LibvirtProgram.FEATURE_CLOSE_CALLBACK);

    /// A client that gave no URI is told this one.
    private static final String URI_OF_SYSTEM = "qemu:///system";

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(
                        LibvirtProgram.AUTH_LIST,
                        (_, _) -> new ConnectMessages.AuthTypes(List.of(ConnectMessages.AuthTypes.NONE)))
                .run(LibvirtProgram.CONNECT_OPEN, ConnectProcedures::open)
                .run(LibvirtProgram.CONNECT_CLOSE, (_, _) -> {})
                .on(LibvirtProgram.CONNECT_SUPPORTS_FEATURE, ConnectProcedures::supports)
                .run(LibvirtProgram.CONNECT_REGISTER_CLOSE_CALLBACK, (client, _) -> client.tellOfTheEnd(true))
                .run(LibvirtProgram.CONNECT_UNREGISTER_CLOSE_CALLBACK, (client, _) -> client.tellOfTheEnd(false))
                .on(LibvirtProgram.CONNECT_GET_TYPE, (_, _) -> "QEMU")
                .on(LibvirtProgram.CONNECT_GET_LIB_VERSION, (_, _) -> LIBVIRT_VERSION)
                .on(LibvirtProgram.CONNECT_GET_URI, (_, _) -> URI_OF_SYSTEM)
                .on(LibvirtProgram.CONNECT_IS_SECURE, (_, _) -> true);
    }

    private static void open(Client client, ConnectMessages.Open open) {
        checkName(open.name().orElse(""));
        client.open(open.readOnly());
    }

    /// @param name empty, or a URI without transport and parameters of the transport
    private static void checkName(String name) {
        if (name.isEmpty()) {
            return;
        }
        URI uri = parse(name);
        if (!"qemu".equalsIgnoreCase(uri.getScheme()) && !"virtkeep".equalsIgnoreCase(uri.getScheme())) {
            throw VirtException.qemu(ErrorCode.NO_CONNECT, "no connection driver available for %s".formatted(name));
        }
        if (!List.of("/system", "/session").contains(uri.getPath())) {
            throw VirtException.qemu(
                    ErrorCode.INTERNAL_ERROR,
                    "unexpected qemu URI path '%s', try qemu:///system".formatted(uri.getPath()));
        }
    }

    private static URI parse(String name) {
        try {
            return URI.create(name);
        } catch (IllegalArgumentException e) {
            throw VirtException.qemu(ErrorCode.NO_CONNECT, "'%s' is not a URI".formatted(name), e);
        }
    }

    private static boolean supports(Client client, int feature) {
        if (feature == LibvirtProgram.FEATURE_KEEPALIVE) {
            client.startKeepAlive();
        }
        return FEATURES.contains(feature);
    }
}
