package org.virtkeep.daemon.wire;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.virtkeep.api.RepositoryBackupOutcome;
import org.virtkeep.api.RepositoryBackupRequest;
import org.virtkeep.api.RepositorySecret;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.RepositoryBackupMessages.Begin;
import org.virtkeep.rpc.RepositoryBackupMessages.Disk;
import org.virtkeep.rpc.RepositoryBackupMessages.Outcome;
import org.virtkeep.rpc.RepositoryBackupMessages.Report;
import org.virtkeep.rpc.RepositoryBackupMessages.Secret;
import org.virtkeep.rpc.WireError;

/// Backups into repositories as virtkeep's program has them.
public final class WireBackup {
    private WireBackup() {}

    /// The secret is taken out of the arguments: their bytes are zeros afterwards.
    ///
    /// @throws VirtException INVALID_ARG for what no request can have
    public static RepositoryBackupRequest request(Begin args) {
        try {
            return new RepositoryBackupRequest(
                    args.domains(),
                    Path.of(args.repository().path()),
                    secret(args.secret()),
                    Path.of(args.state().path()),
                    args.disks(),
                    args.full(),
                    args.quiesce(),
                    args.bytesPerSecond(),
                    args.scratch().map(Path::of),
                    args.parallel());
        } catch (IllegalArgumentException e) { // also of a path that can be none
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.RPC, e.getMessage(), e);
        }
    }

    private static RepositorySecret secret(Secret secret) {
        try {
            return switch (secret.kind()) {
                case Secret.NONE -> RepositorySecret.none();
                case Secret.PASSPHRASE ->
                    RepositorySecret.passphrase(new String(secret.bytes(), StandardCharsets.UTF_8));
                case Secret.KEY_FILE -> RepositorySecret.keyFile(secret.bytes());
                default -> throw new IllegalArgumentException("unknown kind %d of a secret".formatted(secret.kind()));
            };
        } finally {
            Arrays.fill(secret.bytes(), (byte) 0);
        }
    }

    public static Outcome of(RepositoryBackupOutcome outcome) {
        return new Outcome(
                outcome.domain(),
                outcome.report().map(WireBackup::report),
                outcome.failure().map(WireError::of),
                outcome.notes());
    }

    private static Report report(RepositoryBackupOutcome.Report report) {
        return new Report(
                report.backup(),
                report.instant().getEpochSecond(),
                report.instant().getNano(),
                report.sequence(),
                report.base(),
                report.checkpoints(),
                report.quiesced(),
                report.readBytes(),
                report.storedBytes(),
                report.newChunks(),
                report.knownChunks(),
                report.elapsed().toNanos(),
                report.disks().stream().map(WireBackup::disk).toList());
    }

    private static Disk disk(RepositoryBackupOutcome.Disk disk) {
        return new Disk(
                disk.name(),
                disk.mode(),
                disk.why(),
                disk.base(),
                disk.sizeBytes(),
                disk.changedBytes(),
                disk.treeHash());
    }
}
