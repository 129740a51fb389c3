package org.virtkeep.rpc;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/// Calls that were sent and not yet answered. Any thread may use any method.
final class PendingCalls {

    /// A call that waits: its header, which the reply must match, and what the reply completes.
    record Ticket(MessageHeader header, CompletableFuture<Packet> reply) {}

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<Integer, Ticket> waiting = new HashMap<>();
    private int lastSerial;
    private RpcException.Disconnected closedBy;

    /// @throws RpcException.Disconnected if the connection was already lost, with the first cause
    Ticket open(Procedure<?, ?> procedure) throws RpcException.Disconnected {
        lock.lock();
        try {
            if (closedBy != null) {
                throw new RpcException.Disconnected(closedBy.getMessage(), closedBy);
            }
            do {
                lastSerial++;
            } while (waiting.containsKey(lastSerial)); // a call that has waited for 2^32 others
            var ticket = new Ticket(MessageHeader.call(procedure, lastSerial), new CompletableFuture<>());
            waiting.put(lastSerial, ticket);
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /// Takes a call back that was never sent.
    void forget(Ticket ticket) {
        lock.lock();
        try {
            waiting.remove(ticket.header.serial());
        } finally {
            lock.unlock();
        }
    }

    /// @return false if no call waits for this reply: a protocol error that the caller must report
    boolean complete(Packet reply) {
        Ticket ticket;
        lock.lock();
        try {
            ticket = waiting.get(reply.header().serial());
            if (ticket == null || !reply.header().answers(ticket.header)) {
                return false;
            }
            waiting.remove(reply.header().serial());
        } finally {
            lock.unlock();
        }
        ticket.reply.complete(reply);
        return true;
    }

    /// Fails every waiting call, and every later [#open], with `cause`. The first cause wins.
    void failAll(RpcException.Disconnected cause) {
        List<Ticket> orphans;
        lock.lock();
        try {
            if (closedBy == null) {
                closedBy = cause;
            }
            orphans = List.copyOf(waiting.values());
            waiting.clear();
        } finally {
            lock.unlock();
        }
        orphans.forEach(ticket -> ticket.reply.completeExceptionally(cause)); // outside the lock: runs others' code
    }
}
