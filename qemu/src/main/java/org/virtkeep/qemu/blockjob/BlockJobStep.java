package org.virtkeep.qemu.blockjob;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.BlockJobType;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.snapshot.MergeDisk;
import org.virtkeep.qemu.snapshot.MergeStep;
import org.virtkeep.qemu.snapshot.SnapshotContents;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.StartMirror;
import org.virtkeep.qmp.StartStream;

/// What each kind of job does in QEMU. Stateless.
final class BlockJobStep {
    private BlockJobStep() {}

    static MergeStep of(DomainSession session, BlockJobRecord job) {
        boolean upwards = job.type() == BlockJobType.PULL;
        return new MergeStep(session, job.disk(), () -> start(session, job), upwards);
    }

    private static void start(DomainSession session, BlockJobRecord job) {
        switch (job.type()) {
            case COMMIT, ACTIVE_COMMIT -> commit(session, job);
            case PULL -> pull(session, job);
            case COPY -> copy(session, job);
            case BACKUP -> throw new IllegalArgumentException("a backup is no block job by hand");
        }
    }

    private static void commit(DomainSession session, BlockJobRecord job) {
        MergeDisk disk = job.disk();
        SnapshotContents.spoil(session, disk);
        session.execute(MergeStep.commit(session, disk, job.asked().backingFile())
                .withSpeed(job.asked().bytesPerSecond()));
    }

    private static void pull(DomainSession session, BlockJobRecord job) {
        String target = job.target();
        LiveDisk live = session.disk(target);
        StartStream stream = StartStream.of(target, live.node(), target + "-pull")
                .withSpeed(job.asked().bytesPerSecond());
        List<String> pulled = job.disk().images();
        BlockGraph graph = BlockGraph.query(session);
        Optional<BlockNode> base = graph.chain(live).layers().stream()
                .dropWhile(layer -> !layer.name().equals(pulled.getLast()))
                .skip(1)
                .findFirst();
        session.execute(
                base.map(node -> stream.withBase(node.name(), job.asked().backingFile()))
                        .orElse(stream));
    }

    private static void copy(DomainSession session, BlockJobRecord job) {
        BlockJobRecord.Asked asked = job.asked();
        Copy copy = asked.copy().orElseThrow();
        String target = job.target();
        StartMirror mirror = StartMirror.of(
                        target, session.disk(target).node(), job.disk().baseNode(), copy.shallow(), target + "-copy")
                .withSpeed(asked.bytesPerSecond())
                .withGranularity(copy.granularityBytes())
                .withBuffer(copy.bufferBytes());
        session.execute(copy.synchronous() ? mirror.withSynchronousWrites() : mirror);
    }
}
