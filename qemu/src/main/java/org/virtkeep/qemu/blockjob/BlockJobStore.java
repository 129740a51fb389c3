package org.virtkeep.qemu.blockjob;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Durable;

/// The block jobs of one domain that have not ended, in `blockjobs/TARGET.json`. Change it only while holding the
/// domain's lock.
public final class BlockJobStore {
    private static final String SUFFIX = ".json";

    private final DomainFolder folder;
    private final Durable durable;

    private BlockJobStore(DomainFolder folder, Durable durable) {
        this.folder = folder;
        this.durable = durable;
    }

    static BlockJobStore of(DomainSession session) {
        return new BlockJobStore(session.folder(), session.root().durable());
    }

    /// @throws VirtException BLOCK_COPY_ACTIVE or OPERATION_UNSUPPORTED, as libvirt has it, if the disk has a job
    public static void requireNone(DomainSession session, String target) {
        of(session).find(target).ifPresent(job -> {
            throw VirtException.qemu(
                    job.type().canPivot() ? ErrorCode.BLOCK_COPY_ACTIVE : ErrorCode.OPERATION_UNSUPPORTED,
                    "disk '%s' already in active block job".formatted(target));
        });
    }

    /// True if a job may be about to go over to another image, so that the guest may have to wait.
    public static boolean isGoingOver(DomainFolder folder, Durable durable) {
        return new BlockJobStore(folder, durable).all().stream().anyMatch(BlockJobRecord::goesOverByItself);
    }

    List<BlockJobRecord> all() {
        var jobs = new ArrayList<BlockJobRecord>();
        try {
            Durable.records(folder.blockJobs(), SUFFIX).stream()
                    .sorted()
                    .forEach(target -> find(target).ifPresent(jobs::add));
        } catch (IOException e) {
            throw Durable.failure("list", folder.blockJobs(), e);
        }
        return jobs;
    }

    Optional<BlockJobRecord> find(String target) {
        try {
            var node = Durable.readJson(file(target));
            return node.isEmpty() ? Optional.empty() : Optional.of(BlockJobRecord.fromJson(node.get()));
        } catch (IOException e) {
            throw Durable.failure("read", file(target), e);
        }
    }

    BlockJobRecord note(BlockJobRecord job) {
        try {
            durable.createDirectory(folder.blockJobs());
            durable.replaceJson(file(job.target()), job.toJson());
        } catch (IOException e) {
            throw Durable.failure("write", file(job.target()), e);
        }
        return job;
    }

    void remove(BlockJobRecord job) {
        try {
            durable.delete(file(job.target()));
        } catch (IOException e) {
            throw Durable.failure("delete", file(job.target()), e);
        }
    }

    private Path file(String target) {
        return folder.blockJobs().resolve(target + SUFFIX);
    }
}
