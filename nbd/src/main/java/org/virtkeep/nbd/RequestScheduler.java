package org.virtkeep.nbd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.virtkeep.model.ByteRange;

/// Decides which request goes to a device next.
///
/// A request goes out only when memory for its whole reply is set aside, so whoever reads from a device can
/// always put the reply somewhere and never waits for a client. Clients of a device take turns. Adjacent reads
/// of a client become one.
///
/// Thread-safe. Devices and sinks are called without the lock.
final class RequestScheduler {
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock, as are all DeviceQueues and ClientQueues.
    private final PagePool pool;
    private final List<DeviceQueue> devices = new ArrayList<>();
    private final int maximumClients;
    private int clients;
    private boolean issuing;

    RequestScheduler(long bufferBytes, int maximumClients) {
        this.pool = new PagePool(bufferBytes, maximumClients);
        this.maximumClients = maximumClients;
    }

    DeviceQueue add(BlockDevice device) {
        lock.lock();
        try {
            var queue = new DeviceQueue(device);
            devices.add(queue);
            return queue;
        } finally {
            lock.unlock();
        }
    }

    /// Admits a client, or not if there are too many. An admitted one must be closed with [#close].
    ///
    /// @param contexts what its block status requests mean
    Optional<ClientQueue> open(DeviceQueue device, List<ContextName> contexts) {
        lock.lock();
        try {
            if (clients >= maximumClients) {
                return Optional.empty();
            }
            clients++;
            return Optional.of(new ClientQueue(device, pool.open(), contexts));
        } finally {
            lock.unlock();
        }
    }

    /// Forgets the client's requests. What the device is doing for it goes on, and ends in its sink.
    void close(ClientQueue client) {
        lock.lock();
        try {
            client.close();
            client.device().waiting().remove(client);
            leaveIfDone(client);
        } finally {
            lock.unlock();
        }
    }

    void read(ClientQueue client, ReadRequest request) {
        lock.lock();
        try {
            boolean wasEmpty = client.isEmpty();
            client.add(request);
            queueUp(client, wasEmpty);
        } finally {
            lock.unlock();
        }
        issue();
    }

    void blockStatus(ClientQueue client, StatusRequest request) {
        lock.lock();
        try {
            boolean wasEmpty = client.isEmpty();
            client.add(request);
            queueUp(client, wasEmpty);
        } finally {
            lock.unlock();
        }
        issue();
    }

    private static void queueUp(ClientQueue client, boolean wasEmpty) {
        if (wasEmpty && !client.isEmpty()) {
            client.device().waiting().addLast(client);
        }
    }

    /// Sends what can be sent. Only one thread does that at a time: a call that ends while it is being issued
    /// comes back here, and must not issue more from deep inside.
    private void issue() {
        lock.lock();
        try {
            if (issuing) {
                return;
            }
            issuing = true;
        } finally {
            lock.unlock();
        }
        List<Runnable> ready = takeReady();
        while (!ready.isEmpty()) {
            ready.forEach(Runnable::run);
            ready = takeReady();
        }
    }

    /// What can be sent now. When there is nothing, this thread has stopped to issue.
    private List<Runnable> takeReady() {
        lock.lock();
        try {
            var ready = new ArrayList<Runnable>();
            devices.forEach(device -> takeReady(device, ready));
            issuing = !ready.isEmpty();
            return ready;
        } finally {
            lock.unlock();
        }
    }

    private void takeReady(DeviceQueue device, List<Runnable> ready) {
        int blocked = 0;
        while (device.hasRoom() && blocked < device.waiting().size()) {
            ClientQueue client = device.waiting().remove();
            var call = next(client);
            if (!client.isEmpty()) {
                device.waiting().addLast(client);
            }
            call.ifPresent(ready::add);
            blocked = call.isPresent() ? 0 : blocked + 1;
        }
    }

    private Optional<Runnable> next(ClientQueue client) {
        if (client.isStatusReady(pool)) {
            return Optional.of(nextStatus(client));
        }
        ByteRange range = client.nextRead(pool);
        return range.isEmpty() ? Optional.empty() : Optional.of(nextRead(client, range));
    }

    private Runnable nextStatus(ClientQueue client) {
        var memory = new ReplyMemory(client.account(), pool.take(client.account(), 1), freed -> {
            giveBack(client, freed, true);
        });
        var piece = new StatusPiece(client, client.takeStatus(), client.contexts(), memory, this::statusEnded);
        BlockDevice device = client.device().device();
        client.device().started(0);
        return () -> device.blockStatus(piece.call());
    }

    private Runnable nextRead(ClientQueue client, ByteRange range) {
        var pages = pool.take(client.account(), ClientQueue.pagesFor(range.length()));
        var memory = new ReplyMemory(client.account(), pages, freed -> giveBack(client, freed, false));
        var piece = new ReadPiece(client, range, memory, client.takeParts(range), this::readEnded);
        BlockDevice device = client.device().device();
        client.device().started(range.length());
        return () -> device.read(piece.call());
    }

    private void readEnded(ReadPiece piece, Optional<NbdException> failure) {
        ended(piece.client(), piece.call().range().length());
        piece.client().sink().readEnded(piece, failure);
    }

    private void statusEnded(StatusPiece piece, Optional<NbdException> failure) {
        ended(piece.client(), 0);
        piece.client().sink().statusEnded(piece, failure);
    }

    private void ended(ClientQueue client, long bytes) {
        lock.lock();
        try {
            client.device().ended(bytes);
        } finally {
            lock.unlock();
        }
        issue();
    }

    private void giveBack(ClientQueue client, ReplyMemory memory, boolean status) {
        lock.lock();
        try {
            pool.giveBack(memory.account(), memory.pages());
            if (status) {
                client.statusTaken();
            }
            leaveIfDone(client);
        } finally {
            lock.unlock();
        }
        issue();
    }

    /// A closed client keeps its place until the device has let go of its memory.
    private void leaveIfDone(ClientQueue client) {
        if (client.isClosed() && client.account().isEmpty() && client.leave()) {
            clients--;
        }
    }
}
