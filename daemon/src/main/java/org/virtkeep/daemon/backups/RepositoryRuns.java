package org.virtkeep.daemon.backups;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.Connection;
import org.virtkeep.api.RepositoryBackupRequest;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.daemon.wire.WireBackup;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.RepositoryBackupMessages.Begin;
import org.virtkeep.rpc.RepositoryBackupMessages.Cancel;
import org.virtkeep.rpc.RepositoryBackupMessages.News;
import org.virtkeep.rpc.RepositoryBackupMessages.Wait;
import org.virtkeep.transfer.FileFailure;
import org.virtkeep.transfer.LocalBackup;

/// Backups into repositories that the daemon makes for its clients. They belong to the connection over which they
/// were begun, and end with it. Thread-safe.
///
/// Only clients of the daemon's own user are served: whatever the daemon may read and write, these may as well.
public final class RepositoryRuns implements AutoCloseable {
    /// Domains that are backed up at a time, of all clients: each takes about 100 MiB.
    public static final int PLACES = 8;

    private static final Logger LOG = LoggerFactory.getLogger(RepositoryRuns.class);
    /// A client that goes away while it waits holds its place no longer than that.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    /// For all that run to end their jobs, when the daemon ends. The next backup cleans up after one that takes longer.
    private static final Duration END_LIMIT = Duration.ofSeconds(15);
    /// For their clients to hear how it went, and to leave.
    private static final Duration HEARING_LIMIT = Duration.ofSeconds(1);
    /// How long memory is kept after the last one, for the next.
    private static final Duration MEMORY_KEPT = Duration.ofSeconds(5);
    /// Ends of backups after which memory is not kept any longer.
    private static final int COLLECT_AFTER = 4;

    private final Connection connection;
    private final Semaphore places = new Semaphore(PLACES);
    private final Map<Key, RepositoryRun> runs = new ConcurrentHashMap<>();
    private final AtomicInteger lastId = new AtomicInteger();
    private final AtomicLong ends = new AtomicLong();
    private final AtomicInteger uncollected = new AtomicInteger();
    private volatile boolean allowed;
    private volatile boolean closed;

    private record Key(Client client, int id) {}

    /// @param connection to the domains; not owned
    /// @param allowed    see [#allow]
    public RepositoryRuns(Connection connection, boolean allowed) {
        this.connection = connection;
        this.allowed = allowed;
    }

    /// Whether backups may be begun from now on; those that run go on.
    public void allow(boolean newlyAllowed) {
        allowed = newlyAllowed;
    }

    /// Whether this client may begin backups here.
    public boolean isOpenTo(Client client) {
        return allowed
                && !client.isReadOnly()
                && client.peer().localUser().filter(RepositoryRuns::isOurs).isPresent();
    }

    private static boolean isOurs(UserPrincipal user) {
        try {
            return Files.getOwner(Path.of("/proc/self")).equals(user);
        } catch (IOException _) {
            return false;
        }
    }

    /// Opens the repository and begins.
    ///
    /// @return the id for this client; 0 if it does not see its folders as we do, or we must not write there
    /// @throws VirtException ACCESS_DENIED if it may not; RESOURCE_BUSY beyond [#PLACES]; INVALID_ARG for the
    ///     request; what kept the repository from being opened
    public int begin(Client client, Begin args) {
        if (!isOpenTo(client)) {
            throw new VirtException(ErrorCode.ACCESS_DENIED, ErrorDomain.RPC, denial());
        }
        RepositoryBackupRequest request = WireBackup.request(args);
        try {
            if (!SharedFolder.isWritable(args.repository()) || !SharedFolder.isWritable(args.state())) {
                return 0;
            }
            int taken =
                    Math.max(1, Math.min(request.parallel(), request.domains().size()));
            if (closed || !places.tryAcquire(taken)) {
                throw new VirtException(
                        ErrorCode.RESOURCE_BUSY,
                        ErrorDomain.RPC,
                        "virtkeepd backs up %d domains at a time, and has no place for %d more"
                                .formatted(PLACES, taken));
            }
            return begin(client, request, taken);
        } finally {
            request.secret().wipe();
        }
    }

    private String denial() {
        return allowed
                ? "virtkeepd makes backups into repositories for local clients of its own user alone"
                : "virtkeepd makes no backups into repositories: its setting 'repository-backups' is 'off'";
    }

    private int begin(Client client, RepositoryBackupRequest request, int taken) {
        boolean begun = false;
        try {
            int id = start(client, LocalBackup.begin(connection, request), request.domains(), taken);
            begun = true;
            return id;
        } catch (IOException e) {
            throw FileFailure.of(e);
        } catch (Error e) { // such as a lack of memory: others need not be short of it
            throw new VirtException(
                    ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, "virtkeepd cannot begin a backup: " + e, e);
        } finally {
            if (!begun) {
                places.release(taken);
            }
        }
    }

    /// Nothing is left of the backup if this throws.
    private int start(Client client, LocalBackup backup, List<String> domains, int taken) {
        var key = new Key(client, lastId.incrementAndGet());
        var run = new RepositoryRun(backup, domains);
        try {
            Thread thread = Thread.ofPlatform()
                    .daemon()
                    .name("repository-backup-" + key.id())
                    .unstarted(() -> run(key, run, taken));
            runs.put(key, run);
            thread.start();
        } catch (Error e) {
            runs.remove(key);
            backup.close();
            throw e;
        }
        client.whenGone(() -> leave(key));
        if (closed) {
            leave(key);
        }
        return key.id();
    }

    private void run(Key key, RepositoryRun run, int taken) {
        try {
            LOG.debug("backups begun client={} id={}", key.client().name(), key.id());
            run.run();
            LOG.debug("backups ended client={} id={}", key.client().name(), key.id());
        } finally {
            places.release(taken);
            giveMemoryBack();
        }
    }

    private void leave(Key key) {
        Optional.ofNullable(runs.remove(key))
                .ifPresent(run -> run.cancel("given up: the connection of its client ended"));
    }

    /// Buffers outside the heap go when the collector finds them, which in an idle daemon would be never. While
    /// backups follow each other closely, that is done after every few of them.
    private void giveMemoryBack() {
        if (uncollected.incrementAndGet() >= COLLECT_AFTER) {
            uncollected.set(0);
            System.gc();
        }
        long end = ends.incrementAndGet();
        Thread.ofVirtual().name("repository-backup-memory").start(() -> {
            try {
                Thread.sleep(MEMORY_KEPT);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            if (places.availablePermits() == PLACES && ends.get() == end) {
                uncollected.set(0);
                System.gc();
            }
        });
    }

    /// What there is to tell the client.
    ///
    /// @throws VirtException INVALID_ARG if it has begun nothing with this id, or has heard its end
    public News news(Client client, Wait args) {
        var key = new Key(client, args.id());
        RepositoryRun run = find(key);
        Duration asked = Duration.ofMillis(Math.max(0, args.waitMillis()));
        try {
            News news = run.news(args.after(), Deadline.in(asked.compareTo(LONGEST_WAIT) < 0 ? asked : LONGEST_WAIT));
            if (news.ended()) {
                runs.remove(key);
            }
            return news;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC, "interrupted", e);
        }
    }

    /// Asks for the end of what the client has begun.
    ///
    /// @throws VirtException as [#news]
    public void cancel(Client client, Cancel args) {
        find(new Key(client, args.id())).cancel(args.why());
    }

    private RepositoryRun find(Key key) {
        return Optional.ofNullable(runs.get(key))
                .orElseThrow(() -> new VirtException(
                        ErrorCode.INVALID_ARG,
                        ErrorDomain.RPC,
                        "no backups with id %d were begun over this connection".formatted(key.id())));
    }

    /// Cancels all, and waits a while for their jobs to be ended and their clients to hear of it.
    @Override
    public void close() {
        closed = true;
        var deadline = Deadline.in(END_LIMIT);
        var running = Map.copyOf(runs);
        running.values().forEach(run -> run.cancel("cancelled: virtkeepd ends"));
        try {
            for (RepositoryRun run : running.values()) {
                if (!run.awaitEnd(deadline)) {
                    LOG.warn("a backup does not stop; the next one will clean up after it");
                }
            }
            awaitGone(running.keySet().stream().map(Key::client).distinct().toList());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitGone(List<Client> clients) throws InterruptedException {
        var gone = new CountDownLatch(clients.size());
        clients.forEach(client -> client.whenGone(gone::countDown));
        gone.await(HEARING_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
