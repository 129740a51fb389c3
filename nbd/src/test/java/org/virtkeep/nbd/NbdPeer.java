package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Tools;

/// A server of somebody else, on a unix socket, as a process that a test owns.
final class NbdPeer implements AutoCloseable {
    private final ChildProcess process;
    private final Path socket;

    private NbdPeer(ChildProcess process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    /// `qemu-nbd` with the export `x`. Skips the test if there is none.
    static NbdPeer qemuNbd(Path directory, String... arguments) throws IOException {
        Tools.require("qemu-nbd");
        Path socket = directory.resolve("qemu-nbd");
        var command = new ArrayList<>(List.of("qemu-nbd", "-t", "-e", "16", "-x", "x", "-k", socket.toString()));
        command.addAll(Arrays.asList(arguments));
        return start(command, socket);
    }

    /// `nbdkit` with plugin and arguments as given. Skips the test if there is none.
    static NbdPeer nbdkit(Path directory, String... arguments) throws IOException {
        Tools.require("nbdkit");
        Path socket = directory.resolve("nbdkit");
        var command = new ArrayList<>(List.of("nbdkit", "-f", "-U", socket.toString()));
        command.addAll(Arrays.asList(arguments));
        return start(command, socket);
    }

    private static NbdPeer start(List<String> command, Path socket) {
        var peer = new NbdPeer(ChildProcess.start(command.getFirst(), command), socket);
        try {
            Await.until(command.getFirst() + " listens", TestServer.LIMIT, peer::listens);
            return peer;
        } catch (AssertionError e) {
            var failure = new AssertionError(peer.process.tail(), e);
            peer.close();
            throw failure;
        }
    }

    private boolean listens() {
        try (var _ = NbdNegotiation.connect(address(), TestServer.deadline())) {
            return true;
        } catch (NbdException _) {
            return !process.isAlive(); // then the test finds out
        }
    }

    Path socket() {
        return socket;
    }

    NbdAddress address() {
        return new NbdAddress.Unix(socket.toString());
    }

    /// A session on `export` with all contexts that it has.
    NbdSession connect(String export) throws NbdException {
        try (var negotiation = NbdNegotiation.connect(address(), TestServer.deadline())) {
            negotiation.requestContexts(export, negotiation.listContexts(export));
            return negotiation.go(export);
        }
    }

    void kill() {
        process.kill();
    }

    @Override
    public void close() {
        process.close();
    }
}
