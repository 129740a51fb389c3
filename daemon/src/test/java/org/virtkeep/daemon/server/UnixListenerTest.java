package org.virtkeep.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;
import org.virtkeep.rpc.ConnectMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.RpcClient;

@Timeout(60)
class UnixListenerTest {
    @TempDir
    private Path dir;

    private final BlockingQueue<Peer> called = new LinkedBlockingQueue<>();
    private final Server server = new Server(
            ClientLimits.DEFAULT,
            builder -> builder.on(LibvirtProgram.AUTH_LIST, (client, _) -> {
                called.add(client.peer());
                return new ConnectMessages.AuthTypes(List.of(ConnectMessages.AuthTypes.NONE));
            }));

    @AfterEach
    void close() {
        server.close();
    }

    private UnixSocket socket(Optional<String> group) {
        return UnixSocket.of(dir.resolve("socket"), 0660, group, false);
    }

    private static void call(RpcClient client) throws Exception {
        client.call(LibvirtProgram.AUTH_LIST, Nothing.NOTHING, Deadline.inMillis(30_000));
    }

    @Test
    void aSocketHasItsModeAndItsGroup() throws IOException {
        String group =
                Files.readAttributes(dir, PosixFileAttributes.class).group().getName();
        UnixListener.start(socket(Optional.of(group)), server);
        PosixFileAttributes given = Files.readAttributes(dir.resolve("socket"), PosixFileAttributes.class);
        assertThat(PosixFilePermissions.toString(given.permissions())).isEqualTo("rw-rw----");
        assertThat(given.group().getName()).isEqualTo(group);
    }

    @Test
    void aGroupThatThereIsNotIsNamed() {
        assertThatThrownBy(() -> UnixListener.start(socket(Optional.of("no-such-group")), server))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("socket'")
                .hasMessageContaining("there is no group 'no-such-group'");
        assertThat(dir).isEmptyDirectory();
    }

    /// Beyond those that get a platform thread each, too.
    @Test
    void clientsAreServedWhileOthersThatCameBeforeAreSilent() throws Exception {
        UnixListener.start(socket(Optional.empty()), server);
        var clients = new ArrayList<RpcClient>();
        try {
            for (int number = 0; number < 40; number++) {
                RpcClient client = RpcClient.connect(dir.resolve("socket"), Deadline.inMillis(30_000));
                clients.add(client);
                if (number % 2 == 1) {
                    call(client);
                }
            }
            for (RpcClient client : clients.reversed()) {
                call(client);
            }
            assertThat(server.clients()).isEqualTo(40);
        } finally {
            clients.forEach(RpcClient::close);
        }
    }

    @Test
    void whoHasConnectedIsKnownAsLongAsItIsConnected() throws Exception {
        UnixListener.start(socket(Optional.empty()), server);
        try (RpcClient client = RpcClient.connect(dir.resolve("socket"), Deadline.inMillis(30_000))) {
            call(client);
            Peer peer = called.take();
            assertThat(peer.localUser()).contains(Files.getOwner(dir));
            assertThat(peer).hasToString("user " + System.getProperty("user.name"));
        }
    }
}
