package org.virtkeep.qemu;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BlockCommit;
import org.virtkeep.api.BlockJobOperations.BlockJobEnd;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;
import org.virtkeep.api.Domain.SnapshotCreateFlag;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.state.Root;

/// A process that does one thing to a domain and is dead at its n-th step, as by SIGKILL: no handler runs, no
/// block is left in an orderly way.
///
/// `DoomedCommand DIRECTORY OPERATION STEP before|after`, the step by its number or its name: in the directory are
/// the root and the images of a [TestDomain]. It prints how many steps there were if it comes to its end, or why it
/// was refused.
public final class DoomedCommand {
    /// What a shell says of a process that SIGKILL ended.
    static final int KILLED = 137;

    static final String NEW_CHECKPOINT = "new";
    static final String OLD_CHECKPOINT = "old";
    static final String SNAPSHOT = "s";

    /// What it can do.
    enum Operation {
        BEGIN_PUSH,
        BEGIN_PULL,
        END_PULL,
        ABORT_PUSH,
        CHECKPOINT_CREATE,
        CHECKPOINT_DELETE,
        SNAPSHOT_CREATE,
        SNAPSHOT_DELETE,
        BLOCK_COMMIT,
        BLOCK_COPY,
        BLOCK_PIVOT;

        void run(Domain domain, Path directory) {
            switch (this) {
                case BEGIN_PUSH ->
                    domain.backupBegin(
                            BackupXml.read(pushXml(directory, "crash", "")), checkpoint(NEW_CHECKPOINT), Set.of());
                case BEGIN_PULL ->
                    domain.backupBegin(
                            BackupXml.read(pullXml(directory, OLD_CHECKPOINT)), checkpoint(NEW_CHECKPOINT), Set.of());
                case END_PULL -> domain.backupEnd(0, Set.of());
                case ABORT_PUSH -> domain.backupEnd(0, Set.of(BackupEndFlag.ABORT));
                case CHECKPOINT_CREATE ->
                    domain.checkpointCreate(checkpoint(NEW_CHECKPOINT).orElseThrow(), Set.of());
                case CHECKPOINT_DELETE -> domain.checkpoint(OLD_CHECKPOINT).delete(Set.of());
                case SNAPSHOT_CREATE ->
                    domain.snapshotCreate(
                            SnapshotBench.snapshot(SNAPSHOT),
                            checkpoint(NEW_CHECKPOINT),
                            Set.of(SnapshotCreateFlag.DISK_ONLY));
                case SNAPSHOT_DELETE -> domain.snapshot(SNAPSHOT).delete(Set.of());
                case BLOCK_COMMIT ->
                    domain.blockCommit("vda", BlockJobBench.commit("", "", 0, BlockCommit.Flag.ACTIVE));
                case BLOCK_COPY -> domain.blockCopy("vda", BlockJobBench.copy(directory.resolve("copy.qcow2")));
                case BLOCK_PIVOT -> domain.blockJobAbort("vda", Set.of(BlockJobEnd.PIVOT));
            }
        }
    }

    private DoomedCommand() {}

    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        var operation = Operation.valueOf(arguments[1]);
        var fate = new Fate(arguments[2], arguments[3].equals("after"));
        Root root = Root.open(directory.resolve("root"), fate.files());
        JobServices services = JobServices.of(root, BackupSettings.DEFAULT);
        try (Connection connection =
                new EmbeddedConnection("qemu:///embed?root=" + root.dir(), root, services, fate::around)) {
            operation.run(connection.domain("vm"), directory);
        } catch (VirtException e) {
            System.out.println("refused " + e.code() + " " + e.getMessage());
            Runtime.getRuntime().halt(1);
        }
        System.out.println("steps " + fate.steps());
        Runtime.getRuntime().halt(0);
    }

    /// Dies at one step, by its number or its name.
    private static final class Fate implements StepPlan {
        private final String last;
        private final boolean after;
        private int steps; // operations are confined to one thread

        private Fate(String last, boolean after) {
            this.last = last;
            this.after = after;
        }

        @Override
        public void before(String step) {
            steps++;
            if (isLast(step)) {
                System.out.println((after ? "after " : "before ") + step);
                System.out.flush();
                if (!after) {
                    die();
                }
            }
        }

        @Override
        public void after(String step) {
            if (isLast(step) && after) {
                die();
            }
        }

        @Override
        public void refused(String step) {
            after(step); // such as a second start of the NBD server
        }

        private boolean isLast(String step) {
            return last.equals(Integer.toString(steps)) || last.equals(step);
        }

        private static void die() {
            Runtime.getRuntime().halt(KILLED);
        }

        int steps() {
            return steps;
        }
    }

    static String pushXml(Path directory, String suffix, String since) {
        var disks = new StringBuilder();
        for (String disk : new String[] {"vda", "vdb"}) {
            disks.append("<disk name='%s' type='file'><driver type='qcow2'/><target file='%s'/></disk>"
                    .formatted(disk, directory.resolve(disk + "." + suffix)));
        }
        return "<domainbackup mode='push'>%s<disks>%s</disks></domainbackup>".formatted(incremental(since), disks);
    }

    static String pullXml(Path directory, String since) {
        return "<domainbackup mode='pull'>%s<server transport='unix' socket='%s'/></domainbackup>"
                .formatted(incremental(since), directory.resolve("pull.sock"));
    }

    private static String incremental(String since) {
        return since.isEmpty() ? "" : "<incremental>" + since + "</incremental>";
    }

    static Optional<CheckpointDefinition> checkpoint(String name) {
        return Optional.of(CheckpointXml.read("<domaincheckpoint><name>" + name + "</name></domaincheckpoint>"));
    }
}
