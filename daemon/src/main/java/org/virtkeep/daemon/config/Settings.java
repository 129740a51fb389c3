package org.virtkeep.daemon.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.StandardFolders;

/// Everything that can be set, in the order of `docs/daemon.md`, which says what each is for.
public final class Settings {
    /// How a push reads its disks; the words of the embedded driver's URI.
    public enum PushPath {
        AUTO,
        DIRECT,
        FLEECED
    }

    /// Whether something is done.
    public enum Switch {
        ON,
        OFF
    }

    /// Which lines of the log are written.
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    /// The bit of a socket's mode that lets its group connect.
    public static final int GROUP_WRITES = 0020;

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final int ANYBODY_IN_THE_GROUP = 0660;
    private static final int ANYBODY = 0666;
    private static final Path PKI = Path.of("/etc/virtkeep/pki");

    public static final Setting<Path> ROOT = Setting.fixed(
            "root", Values::path, () -> StandardFolders.ofProcess().state());

    public static final Setting<Path> SOCKET = Setting.fixed(
            "socket", Values::path, () -> StandardFolders.ofProcess().daemonSocket());
    public static final Setting<Integer> SOCKET_MODE =
            Setting.fixed("socket-mode", Values::mode, () -> ANYBODY_IN_THE_GROUP);
    public static final Setting<Optional<String>> SOCKET_GROUP =
            Setting.fixed("socket-group", Values.optional(text -> text), Optional::empty);
    public static final Setting<Optional<Path>> READ_ONLY_SOCKET =
            Setting.fixed("socket-ro", Values::optionalPath, Optional::empty);
    public static final Setting<Integer> READ_ONLY_SOCKET_MODE =
            Setting.fixed("socket-ro-mode", Values::mode, () -> ANYBODY);

    public static final Setting<Optional<TcpAddress>> TLS_LISTEN =
            Setting.fixed("tls-listen", Values.optional(TcpAddress::parse), Optional::empty);
    public static final Setting<Path> TLS_CERTIFICATE =
            Setting.reloadable("tls-certificate", Values::path, PKI.resolve("server-cert.pem"));
    public static final Setting<Path> TLS_KEY =
            Setting.reloadable("tls-key", Values::path, PKI.resolve("server-key.pem"));
    public static final Setting<Path> TLS_AUTHORITY =
            Setting.reloadable("tls-authority", Values::path, PKI.resolve("ca-cert.pem"));
    public static final Setting<List<String>> TLS_CLIENTS = Setting.reloadable("tls-clients", Values::list, List.of());

    public static final Setting<Integer> MAX_CLIENTS =
            Setting.reloadable("max-clients", Values.number(1, 100_000), 1_000);
    public static final Setting<Integer> MAX_CALLS =
            Setting.reloadable("max-calls-per-client", Values.number(1, 1_000), 5);
    public static final Setting<Long> MAX_OUTPUT =
            Setting.reloadable("max-output-per-client", Values.size(64 * KIB, GIB), 4 * MIB);
    public static final Setting<Duration> STALL_LIMIT =
            Setting.reloadable("stall-limit", Values.duration(SECOND, HOUR), Duration.ofMinutes(1));
    public static final Setting<Duration> KEEPALIVE_INTERVAL =
            Setting.reloadable("keepalive-interval", Values.duration(SECOND, HOUR), Duration.ofSeconds(5));
    public static final Setting<Integer> KEEPALIVE_COUNT =
            Setting.reloadable("keepalive-count", Values.number(1, 1_000), 5);

    public static final Setting<PushPath> PUSH =
            Setting.fixed("push", Values.oneOf(PushPath.class), () -> PushPath.AUTO);
    /// Whole minutes: what the driver counts in. Zero never gives a pull up.
    public static final Setting<Duration> PULL_IDLE_LIMIT = Setting.fixed(
            "pull-idle-limit", Values.duration(Duration.ZERO, Duration.ofHours(10_000)), () -> Duration.ofHours(1));

    /// Empty for libvirt's folders.
    public static final Setting<Optional<Path>> PULL_TLS =
            Setting.fixed("pull-tls", Values::optionalPath, Optional::empty);

    /// Whether backups into repositories are made here for clients of the daemon's own user.
    public static final Setting<Switch> REPOSITORY_BACKUPS =
            Setting.reloadable("repository-backups", Values.oneOf(Switch.class), Switch.ON);

    public static final Setting<LogLevel> LOG_LEVEL =
            Setting.reloadable("log-level", Values.oneOf(LogLevel.class), LogLevel.INFO);

    /// All of them.
    public static final List<Setting<?>> ALL = List.of(
            ROOT,
            SOCKET,
            SOCKET_MODE,
            SOCKET_GROUP,
            READ_ONLY_SOCKET,
            READ_ONLY_SOCKET_MODE,
            TLS_LISTEN,
            TLS_CERTIFICATE,
            TLS_KEY,
            TLS_AUTHORITY,
            TLS_CLIENTS,
            MAX_CLIENTS,
            MAX_CALLS,
            MAX_OUTPUT,
            STALL_LIMIT,
            KEEPALIVE_INTERVAL,
            KEEPALIVE_COUNT,
            PUSH,
            PULL_IDLE_LIMIT,
            PULL_TLS,
            REPOSITORY_BACKUPS,
            LOG_LEVEL);

    private Settings() {}
}
