package org.virtkeep.remote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virtkeep.rpc.RpcTransport;

/// The standard streams of a process that it owns. The end of the connection, whoever notices it first, is told in the
/// process's own words.
///
/// Standard error is read as it comes, for a process that is not read would stop; and nobody waits for its end, for
/// what ssh leaves in the background for later connections keeps it open.
final class SshTransport implements RpcTransport {
    /// What ssh says first is told; more than this is not.
    private static final int WORDS_BYTES = 2_000;
    private static final long WORDS_MILLIS = 500;
    private static final long END_SECONDS = 5;

    private final Process ssh;
    private final RpcTransport streams;
    private final CompletableFuture<Void> saidAll = new CompletableFuture<>();
    private final StringBuffer said = new StringBuffer();

    private SshTransport(Process ssh) {
        this.ssh = ssh;
        this.streams = RpcTransport.of(ssh.getInputStream(), ssh.getOutputStream(), () -> end(ssh));
    }

    static SshTransport start(List<String> command) throws IOException {
        var transport = new SshTransport(new ProcessBuilder(command).start());
        Thread.ofVirtual().name("ssh-words").start(transport::listen);
        return transport;
    }

    private void listen() {
        var buffer = new byte[WORDS_BYTES];
        try (InputStream err = ssh.getErrorStream()) {
            for (int count = err.read(buffer); count >= 0; count = err.read(buffer)) {
                int wanted = Math.min(count, WORDS_BYTES - said.length());
                said.append(new String(buffer, 0, Math.max(0, wanted), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            said.append(" (").append(e.getMessage()).append(')');
        } finally {
            saidAll.complete(null);
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        int count;
        try {
            count = streams.read(into);
        } catch (IOException e) {
            throw new IOException(lastWords().orElse(e.getMessage()), e);
        }
        if (count < 0) {
            throw new IOException(lastWords().orElse("ssh closed the connection"));
        }
        return count;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        try {
            streams.write(from);
        } catch (IOException e) {
            throw new IOException(lastWords().orElse(e.getMessage()), e);
        }
    }

    /// Empty if ssh goes on.
    private Optional<String> lastWords() {
        try {
            if (!ssh.waitFor(WORDS_MILLIS, TimeUnit.MILLISECONDS)) {
                return Optional.empty();
            }
            saidAll.get(WORDS_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException _) {
            // what was said until now is told
        }
        String words = said.toString().strip();
        return Optional.of("ssh ended with %d%s".formatted(ssh.exitValue(), words.isEmpty() ? "" : ": " + words));
    }

    @Override
    public void close() throws IOException {
        streams.close();
    }

    private static void end(Process ssh) {
        ssh.destroy();
        Thread.ofVirtual().name("ssh-end").start(() -> {
            try {
                if (!ssh.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                    ssh.destroyForcibly();
                }
            } catch (InterruptedException _) {
                ssh.destroyForcibly();
            }
        });
    }
}
