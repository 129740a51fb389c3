package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A connection over a pair of streams, as TLS sockets and `ssh` have them.
@Timeout(60)
class StreamTransportTest {

    @Test
    void carriesCallsOfAnySize() throws IOException {
        String large = "x".repeat(Limits.STRING_BYTES);
        RpcDispatcher<RpcServerConnection> dispatcher = RpcDispatcher.<RpcServerConnection>builder()
                .on(LibvirtProgram.CONNECT_GET_CAPABILITIES, (_, _) -> large)
                .build();
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client =
                        RpcClient.over(streams(new Socket(listener.getInetAddress(), listener.getLocalPort())));
                RpcServerConnection server = RpcServerConnection.serve(
                        streams(listener.accept()),
                        dispatcher,
                        Function.identity(),
                        ServerLimits.DEFAULT,
                        new ByteBudget(TestServer.BUDGET_BYTES))) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.call(
                                LibvirtProgram.CONNECT_GET_CAPABILITIES, Nothing.NOTHING, PrivateLibvirtd.deadline()))
                        .isEqualTo(large);
            }
            assertThat(server.hasEnded()).isFalse();
        }
    }

    @Test
    void closingOneEndEndsTheOther() throws IOException, InterruptedException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client =
                        RpcClient.over(streams(new Socket(listener.getInetAddress(), listener.getLocalPort())))) {
            RpcServerConnection server = RpcServerConnection.serve(
                    streams(listener.accept()),
                    RpcDispatcher.<RpcServerConnection>builder().build(),
                    Function.identity(),
                    ServerLimits.DEFAULT,
                    new ByteBudget(TestServer.BUDGET_BYTES));
            server.close();
            assertThatThrownBy(() ->
                            client.call(LibvirtProgram.CONNECT_GET_URI, Nothing.NOTHING, PrivateLibvirtd.deadline()))
                    .isInstanceOf(RpcException.Disconnected.class);
        }
    }

    private static RpcTransport streams(Socket socket) throws IOException {
        return RpcTransport.of(socket.getInputStream(), socket.getOutputStream(), socket);
    }
}
