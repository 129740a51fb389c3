package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a client its replies, for as long as it takes them. Only this thread ever waits for the client.
final class ReplyWriter implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyWriter.class);

    private final Transport transport;
    private final ReplyQueue queue;
    private final ExportCounters counters;
    private final ClientActivity activity;
    private final Runnable hangUp;

    /// @param hangUp ends the connection when the client cannot be written to
    ReplyWriter(
            Transport transport, ReplyQueue queue, ExportCounters counters, ClientActivity activity, Runnable hangUp) {
        this.transport = transport;
        this.queue = queue;
        this.counters = counters;
        this.activity = activity;
        this.hangUp = hangUp;
    }

    /// Returns when the queue is closed or the client is gone.
    @Override
    public void run() {
        try {
            List<Outgoing> batch = queue.take();
            while (!batch.isEmpty()) {
                send(batch);
                batch = queue.take();
            }
        } catch (IOException e) {
            LOG.debug("client takes no more replies peer={}", transport, e);
        } finally {
            hangUp.run();
        }
    }

    private void send(List<Outgoing> batch) throws IOException {
        try {
            transport.writeFully(buffers(batch));
        } finally {
            batch.forEach(Outgoing::release); // not before the system call is over: it reads that memory
        }
        counters.active();
        for (Outgoing sent : batch) {
            if (sent.last()) {
                counters.answered(sent.readBytes());
                activity.answered();
            }
        }
    }

    private static ByteBuffer[] buffers(List<Outgoing> batch) {
        int count = 0;
        for (Outgoing reply : batch) {
            count += reply.buffers().length;
        }
        var all = new ByteBuffer[count];
        int at = 0;
        for (Outgoing reply : batch) {
            System.arraycopy(reply.buffers(), 0, all, at, reply.buffers().length);
            at += reply.buffers().length;
        }
        return all;
    }
}
