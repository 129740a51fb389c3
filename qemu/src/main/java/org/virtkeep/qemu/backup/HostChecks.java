package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.StorageKind;
import org.virtkeep.model.VirtException;
import org.virtkeep.nbd.TlsCredentials;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qmp.BlockJobInfo;
import org.virtkeep.qmp.QemuVersion;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QomGet;
import org.virtkeep.qmp.QueryBlockJobs;

/// What must be true of host, QEMU and file systems before a backup may begin. Each check refuses with the
/// reason and touches nothing.
final class HostChecks {

    /// `sun_path` of `struct sockaddr_un` has 108 bytes, one for the final NUL.
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    /// Policies that pause the guest when a write fails, so that the failed write can be tried again. `auto`
    /// is QEMU's name for `enospc` here.
    private static final Set<String> PAUSING = Set.of("stop", "enospc", "auto");

    private final DomainSession session;
    private final Supplier<List<BlockJobInfo>> blockJobs;
    private final Map<String, QmpMonitor.Awaited<JsonNode>> policies = new HashMap<>(); // of what QEMU was asked for

    /// Asks QEMU for what the checks need, and does not wait for the answers.
    ///
    /// @param targets the disks that are probably going to be checked
    HostChecks(DomainSession session, List<String> targets) {
        this.session = session;
        this.blockJobs = session.ask(new QueryBlockJobs());
        session.run()
                .map(DomainRun::devices)
                .ifPresent(devices -> targets.stream()
                        .filter(devices::containsKey)
                        .map(target -> devices.get(target).qdev())
                        .forEach(this::askForPolicy));
    }

    private QmpMonitor.Awaited<JsonNode> askForPolicy(String qdev) {
        return policies.computeIfAbsent(qdev, device -> session.monitor().send(writeErrorPolicy(device)));
    }

    /// The disk has no block job but ours, which do not get into each other's way.
    void requireNoOtherJob(LiveDisk disk, DiskChain chain) {
        String prefix = JobNames.rootPrefix(session.root().tag());
        blockJobs.get().stream()
                .filter(job -> !job.id().startsWith(prefix))
                .filter(job -> job.id().equals(disk.target())
                        || job.id().equals(chain.active().name()))
                .findFirst()
                .ifPresent(job -> {
                    throw refusal(
                            ErrorCode.OPERATION_UNSUPPORTED,
                            "disk '%s' of domain '%s' already has block job '%s' of type '%s'; wait for its end or cancel it",
                            disk.target(),
                            session.name(),
                            job.id(),
                            job.type());
                });
    }

    /// The disk's old content can be kept in scratch without danger for the guest.
    void requireFleecing(LiveDisk disk) {
        QemuVersion version = session.monitor().greeting().version();
        if (!canFleece(disk)) {
            throw refusal(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    "disk '%s' of domain '%s' is served by iothread '%s', and QEMU %s may crash when such a disk is "
                            + "exported (fixed in 9.0); use a push backup, or a QEMU from 9.0 on",
                    disk.target(),
                    session.name(),
                    disk.iothread().orElseThrow(),
                    version);
        }
    }

    /// A write of the guest's that fails because its old content cannot be saved, to scratch or to a direct push's
    /// target, can be tried again. A QEMU that breaks the backup instead of the write needs no such thing.
    void requireRetriedWrites(LiveDisk disk) {
        String policy = writeErrorPolicy(disk);
        if (!PAUSING.contains(policy) && !breaksTheBackup()) {
            throw refusal(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    "disk '%s' of domain '%s' has the write error policy '%s', with which a backup that runs out of space "
                            + "would fail the guest's writes; start the domain with error_policy 'stop' or 'enospace'",
                    disk.target(),
                    session.name(),
                    policy);
        }
    }

    private boolean breaksTheBackup() {
        return session.schema().hasArgument("blockdev-backup", "on-cbw-error");
    }

    /// False where reading a frozen view of the disk can crash QEMU.
    boolean canFleece(LiveDisk disk) {
        return disk.iothread().isEmpty()
                || session.monitor().greeting().version().atLeast(9, 0);
    }

    private static QomGet writeErrorPolicy(String qdev) {
        String device = qdev.replaceFirst("/virtio-backend$", "");
        return new QomGet(device.startsWith("/") ? device : "/machine/peripheral/" + device, "werror");
    }

    private String writeErrorPolicy(LiveDisk disk) {
        try {
            return askForPolicy(disk.qdev())
                    .await(org.virtkeep.model.Deadline.inMillis(5_000))
                    .asText();
        } catch (QmpException.Refused _) {
            return "auto"; // the device has no such property: QEMU's default holds
        } catch (QmpException e) {
            throw session.failure(e);
        }
    }

    /// A pull's address can be listened on, as far as that can be told before.
    void requireServable(BackupRequest.Pull pull, BackupSettings settings) {
        if (pull.tls()) {
            requireCertificate(settings.tlsFolder());
        }
        if (pull.server() instanceof NbdAddress.Unix(String path)) {
            requireSocketPath(Path.of(path));
        }
    }

    private void requireCertificate(Path folder) {
        try {
            TlsCredentials.ofServer(folder);
        } catch (IOException e) {
            throw refusal(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "the backup of domain '%s' asks for tls='yes', but its server has no certificate: %s; put "
                            + "server-cert.pem, server-key.pem and ca-cert.pem into '%s', or name another folder with "
                            + "'pull-tls'",
                    session.name(),
                    e.getMessage(),
                    folder);
        }
    }

    private void requireSocketPath(Path socket) {
        int bytes = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_SOCKET_PATH_BYTES) {
            throw refusal(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "the socket path '%s' has %d bytes, and the kernel allows %d; choose a shorter one",
                    socket,
                    bytes,
                    MAX_SOCKET_PATH_BYTES);
        }
        requireDirectory(socket, "the backup's socket");
        try {
            if (Files.isRegularFile(socket) || Files.isDirectory(socket)) {
                throw refusal(ErrorCode.INVALID_ARG, "'%s' exists and is no socket; choose another path", socket);
            }
            if (Files.exists(socket) && JobFiles.isListenedOn(socket)) {
                throw refusal(
                        ErrorCode.INVALID_ARG, "another process listens on socket '%s'; choose another path", socket);
            }
        } catch (IOException e) {
            throw Durable.failure("look at socket", socket, e);
        }
    }

    /// QEMU can be kept when its guest shuts down: ours always can, and one that someone else started
    /// only if it was told to stay.
    void requireOutlivingTheGuest() {
        DomainRun run = session.run().orElseThrow();
        if (run.attached() && run.process().filter(QemuProcess::staysAtShutdown).isEmpty()) {
            throw refusal(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    "domain '%s' was attached, and its QEMU ends when the guest shuts down, with any backup; start it with "
                            + "-no-shutdown, or back it up without asking to outlive its guest",
                    session.name());
        }
    }

    /// The target or scratch file is where it must be, or not where it must not be.
    void requireUsable(LiveDisk disk, Path path, StorageKind kind, boolean reuse) {
        requireDirectory(path, "disk '%s'".formatted(disk.target()));
        boolean exists = Files.exists(path);
        if (kind == StorageKind.FILE && !reuse && exists) {
            throw refusal(
                    ErrorCode.INVALID_ARG,
                    "store '%s' for backup of disk '%s' of domain '%s' exists; choose another path, delete it, or say that "
                            + "it may be overwritten (--reuse-external)",
                    path,
                    disk.target(),
                    session.name());
        }
        if ((kind == StorageKind.BLOCK || reuse) && !exists) {
            throw refusal(
                    ErrorCode.SYSTEM_ERROR,
                    "store '%s' for backup of disk '%s' of domain '%s' does not exist; create it, or let the backup "
                            + "create it (without --reuse-external)",
                    path,
                    disk.target(),
                    session.name());
        }
    }

    /// The scratch image will not fill its file system at once. Until the keeper watches, at the end of the begin, a
    /// guest that QEMU pauses for want of space would wait for it.
    void requireSpace(LiveDisk disk, Path scratch) {
        try {
            if (Space.isLow(scratch.getParent())) {
                throw refusal(
                        ErrorCode.SYSTEM_ERROR,
                        "the file system of scratch image '%s' for disk '%s' of domain '%s' has only %d bytes left; free "
                                + "some, or choose another place for scratch",
                        scratch,
                        disk.target(),
                        session.name(),
                        Space.left(scratch.getParent()));
            }
        } catch (IOException e) {
            throw Durable.failure("look at the file system of", scratch, e);
        }
    }

    private void requireDirectory(Path file, String whose) {
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw refusal(
                    ErrorCode.SYSTEM_ERROR,
                    "directory '%s' for %s of domain '%s' does not exist; create it first",
                    directory,
                    whose,
                    session.name());
        }
    }

    private static VirtException refusal(ErrorCode code, String format, Object... values) {
        return VirtException.qemu(code, format.formatted(values));
    }
}
