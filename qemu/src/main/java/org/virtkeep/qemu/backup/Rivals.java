package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.model.BackupDisk;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.VirtException;

/// The jobs of a domain that have not ended, beside which another is to begin. Any number of them may back up the
/// same disk. What they cannot share is a file that one of them writes, and an address that it serves at. Immutable.
final class Rivals {
    /// Listening on one of these takes the port of every address.
    private static final Set<String> ALL_ADDRESSES = Set.of("0.0.0.0", "::");

    private final String domain;
    private final List<JobRecord> jobs;

    /// @param unfinished the jobs of `domain` that have not ended
    Rivals(String domain, List<JobRecord> unfinished) {
        this.domain = domain;
        this.jobs = List.copyOf(unfinished);
    }

    /// @throws VirtException OPERATION_INVALID naming the job that serves at the address
    void refuseAddress(BackupRequest request) {
        address(request).ifPresent(wanted -> {
            for (JobRecord job : jobs) {
                if (meets(wanted, job)) {
                    throw refusal("the address %s is served by".formatted(describe(wanted)), job);
                }
            }
        });
    }

    /// @param request with all defaults filled in
    /// @throws VirtException OPERATION_INVALID naming the job that writes the file
    void refuseFiles(BackupRequest request) {
        for (BackupDisk disk : request.disks()) {
            disk.path().ifPresent(path -> {
                for (JobRecord job : jobs) {
                    if (writes(job, Path.of(path))) {
                        throw refusal(
                                "file '%s', which disk '%s' would be saved to, is in use by"
                                        .formatted(path, disk.name()),
                                job);
                    }
                }
            });
        }
    }

    private VirtException refusal(String what, JobRecord job) {
        return VirtException.qemu(
                ErrorCode.OPERATION_INVALID,
                "domain '%s': %s backup job %d, which runs since %s; choose another, or end that job first (backup-end --id %d)"
                        .formatted(domain, what, job.id(), job.started(), job.id()));
    }

    private static boolean writes(JobRecord job, Path path) {
        return job.disks().stream()
                .flatMap(disk -> Stream.concat(Stream.of(disk.path()), disk.fleecing().stream()))
                .map(Path::of)
                .anyMatch(used -> isSame(used, path));
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return one.normalize().equals(other.normalize())
                    || Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
        } catch (IOException _) {
            return false; // whoever opens them finds out
        }
    }

    private static boolean meets(NbdAddress wanted, JobRecord job) {
        return address(KnownXml.request(job))
                .filter(served -> meets(wanted, served))
                .isPresent();
    }

    private static boolean meets(NbdAddress one, NbdAddress other) {
        return switch (one) {
            case NbdAddress.Unix(String path) ->
                other instanceof NbdAddress.Unix(String served) && isSame(Path.of(path), Path.of(served));
            case NbdAddress.Tcp(String host, int port) ->
                other instanceof NbdAddress.Tcp served
                        && port != 0
                        && port == served.port()
                        && (host.equals(served.host())
                                || ALL_ADDRESSES.contains(host)
                                || ALL_ADDRESSES.contains(served.host()));
        };
    }

    private static Optional<NbdAddress> address(BackupRequest request) {
        return request instanceof BackupRequest.Pull pull ? Optional.of(pull.server()) : Optional.empty();
    }

    private static String describe(NbdAddress address) {
        return switch (address) {
            case NbdAddress.Unix(String path) -> "'" + path + "'";
            case NbdAddress.Tcp(String host, int port) -> "'%s', port %d,".formatted(host, port);
        };
    }
}
