package org.virtkeep.rpc;

import java.io.IOException;
import java.nio.file.Path;
import org.virtkeep.model.Deadline;
import org.virtkeep.testkit.LibvirtdProcess;

/// A libvirtd of this test alone, and connections to it.
final class PrivateLibvirtd implements AutoCloseable {
    private static final long LIMIT_MILLIS = 60_000;

    private final LibvirtdProcess process;

    private PrivateLibvirtd(LibvirtdProcess process) {
        this.process = process;
    }

    /// Starts it and waits until it accepts connections. Skips the test if it is not installed.
    static PrivateLibvirtd start() {
        return new PrivateLibvirtd(LibvirtdProcess.start());
    }

    Path socket() {
        return process.socket();
    }

    RpcClient connect() throws IOException {
        return RpcClient.connect(socket(), deadline());
    }

    /// Connects and opens `uri`.
    RpcClient open(String uri, boolean readOnly) throws IOException {
        RpcClient client = connect();
        LibvirtHandshake.open(client, uri, readOnly, deadline());
        return client;
    }

    static Deadline deadline() {
        return Deadline.inMillis(LIMIT_MILLIS);
    }

    @Override
    public void close() {
        process.close();
    }
}
