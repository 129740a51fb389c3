package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;

/// What backups send, in the order in which they send it, against a real QEMU.
@Tag("qemu")
@Timeout(120)
class QmpBackupIT {

    private static final String DISK = "/machine/peripheral/vdad/virtio-backend";

    @TempDir
    private Path directory;

    private QemuProcess qemu;
    private QmpConnection monitor;
    private QmpSubscription events;

    @BeforeEach
    void startQemu() throws Exception {
        qemu = QemuProcess.start(directory, 1);
        monitor = qemu.connect(0);
        events = monitor.subscribe();
    }

    @AfterEach
    void stopQemu() throws Exception {
        monitor.close();
        qemu.close();
    }

    private static Deadline soon() {
        return Deadline.inMillis(30_000);
    }

    private <R> R execute(QmpCommand<R> command) throws QmpException {
        return monitor.execute(command, soon());
    }

    @Test
    void aFullBackupWithACheckpointAndThenAnIncrementalOne() throws Exception {
        write("0x11", 0, 1 << 20);
        addImage("full");
        execute(new Transaction(List.of(
                AddBitmap.persistent("vda", "cp0"),
                StartBackup.full("job0", "vda", "full").withAutoDismiss(false).withAutoFinalize(false))));
        awaitStatus("job0", JobStatus.PENDING);
        assertThat(execute(new QueryBlockJobs())).extracting(BlockJobInfo::id).containsExactly("job0");
        execute(new FinalizeJob("job0"));
        assertThat(finish("job0")).isEmpty();
        assertThat(statuses).containsSubsequence("created", "running", "waiting", "pending", "concluded", "null");
        execute(new RemoveNode("full"));
        execute(new RemoveNode("full-f"));

        write("0x22", 4 << 20, 1 << 20);
        assertThat(bitmap("vda", "cp0").dirtyBytes()).isEqualTo(1 << 20);
        addImage("incremental");
        execute(new Transaction(List.of(
                AddBitmap.persistent("vda", "cp1"),
                new DisableBitmap("vda", "cp0"),
                AddBitmap.disabled("vda", "job1-vda"),
                new MergeBitmaps("vda", "job1-vda", List.of(new BitmapReference("vda", "cp0"))),
                StartBackup.bitmap("job1", "vda", "incremental", "job1-vda", StartBackup.BitmapMode.NEVER)
                        .withAutoDismiss(false)
                        .withOnTargetError(StartBackup.OnError.REPORT)
                        .withPerformance(4, 1 << 20))));
        awaitStatus("job1", JobStatus.CONCLUDED);
        assertThat(job("job1").orElseThrow().totalProgress()).isEqualTo(1 << 20);
        execute(new DismissJob("job1"));
        execute(new RemoveBitmap("vda", "job1-vda"));
        assertThat(bitmap("vda", "cp0").recording()).isFalse();
        assertThat(bitmap("vda", "cp1").recording()).isTrue();
    }

    @Test
    void aPullBackupFromItsSetUpToItsEnd() throws Exception {
        addImage("scratch");
        execute(new Transaction(List.of(
                AddBitmap.persistent("vda", "cp0"),
                StartBackup.none("job0", "vda", "scratch")
                        .withFilterNodeName("cbw0")
                        .withAutoDismiss(false))));
        execute(new AddNode(NodeOptions.snapshotAccess("snap0", "cbw0")));
        execute(new StartNbdServer(directory.resolve("nbd.sock"), 0));
        execute(AddNbdExport.readOnly("export0", "snap0", "vda")
                .withDescription("a test")
                .withBitmaps(List.of(new BitmapReference("vda", "cp0")))
                .withAllocationDepth());
        assertThat(execute(new QueryBlockExports())).containsExactly(new BlockExport("export0", "nbd", "snap0", false));
        assertThat(disk().name()).isEqualTo("cbw0");
        NodeGraph graph = execute(new QueryBlockGraph());
        assertThat(graph.below(graph.node("cbw0").orElseThrow()))
                .extracting(NodeGraph.Edge::role)
                .contains("file", "target");

        write("0x33", 0, 1 << 20);
        assertThat(bitmap("vda", "cp0").busy()).isTrue();
        assertThatThrownBy(() -> execute(new RemoveBitmap("vda", "cp0"))).isInstanceOf(QmpException.Refused.class);

        execute(new RemoveExport("export0", RemoveExport.Mode.HARD));
        awaitEvent("BLOCK_EXPORT_DELETED");
        execute(new RemoveNode("snap0"));
        execute(new CancelJob("job0"));
        awaitStatus("job0", JobStatus.CONCLUDED);
        assertThat(finish("job0")).isPresent();
        execute(new RemoveNode("scratch"));
        execute(new RemoveNode("scratch-f"));
        execute(new StopNbdServer());
        assertThat(disk().name()).isEqualTo("vda");
        assertThat(execute(new QueryNamedBlockNodes())).hasSize(4);
    }

    @Test
    void aRunningJobIsSlowedPausedAndResumed() throws Exception {
        addImage("target");
        write("0x44", 0, 8 << 20);
        execute(StartBackup.full("job0", "vda", "target").withSpeed(65536).withAutoDismiss(false));
        execute(new PauseJob("job0"));
        awaitStatus("job0", JobStatus.PAUSED);
        assertThat(blockJob("job0").paused()).isTrue();
        assertThat(blockJob("job0").speedBytesPerSecond()).isEqualTo(65536);
        execute(new SetJobSpeed("job0", 0));
        execute(new ResumeJob("job0"));
        awaitStatus("job0", JobStatus.CONCLUDED);
        assertThatThrownBy(() -> execute(new CompleteJob("job0"))).isInstanceOf(QmpException.Refused.class);
        assertThat(finish("job0")).isEmpty();
    }

    @Test
    void aFailedTransactionChangesNothing() throws Exception {
        assertThatThrownBy(() -> execute(
                        new Transaction(List.of(AddBitmap.persistent("vda", "cp0"), new RemoveBitmap("vda", "none")))))
                .isInstanceOf(QmpException.Refused.class)
                .hasMessageStartingWith("QEMU refused 'transaction'");
        assertThat(node("vda").bitmaps()).isEmpty();
    }

    @Test
    void aSnapshotPutsAnOverlayOnTheDisk() throws Exception {
        addImage("overlay");
        execute(AddBitmap.persistent("vda", "cp0"));
        execute(new Transaction(List.of(AddBitmap.persistent("overlay", "cp1"), new TakeSnapshot("vda", "overlay"))));
        assertThat(disk().name()).isEqualTo("overlay");
        assertThat(node("vda").readOnly()).isTrue();
        NodeGraph graph = execute(new QueryBlockGraph());
        assertThat(graph.below(graph.node("overlay").orElseThrow()))
                .extracting(NodeGraph.Edge::role)
                .containsExactlyInAnyOrder("file", "backing");
    }

    @Test
    void nodesObjectsAndDevicesComeAndGo() throws Exception {
        ObjectNode limits = Json.object();
        limits.set("limits", Json.object().put("iops-total", 1000));
        execute(new AddObject("throttle-group", "tg0", limits));
        addImage("extra");
        execute(new AddNode(NodeOptions.throttle("throttle0", "tg0", "extra")));
        execute(new AddNode(NodeOptions.throttle("throttle1", "tg0", "extra").withReadOnly()));
        execute(new ReopenNodes(
                List.of(NodeOptions.throttle("throttle1", "tg0", "vdb").withReadOnly())));
        execute(new RemoveNode("throttle1"));
        execute(new ResizeNode("extra", 2 * QemuProcess.DISK_BYTES));
        assertThat(node("extra").image().virtualSizeBytes()).isEqualTo(2 * QemuProcess.DISK_BYTES);
        execute(new SetWriteThreshold("extra-f", 1 << 20));

        execute(AddBitmap.temporary("extra", "b").withGranularity(4096));
        execute(new DisableBitmap("extra", "b"));
        assertThat(bitmap("extra", "b").recording()).isFalse();
        execute(new EnableBitmap("extra", "b"));
        execute(new ClearBitmap("extra", "b"));
        assertThat(bitmap("extra", "b"))
                .isEqualTo(new DirtyBitmap(Optional.of("b"), 0, 4096, true, false, false, false));

        execute(new AddObject("iothread", "io1", Json.object()));
        execute(new QomSet("/objects/io1", "poll-max-ns", Json.object().numberNode(1000)));
        assertThat(execute(new QomGet("/objects/io1", "poll-max-ns")).intValue())
                .isEqualTo(1000);
        execute(new RemoveObject("io1"));

        execute(new RemoveNode("throttle0"));
        execute(new RemoveObject("tg0"));
        ObjectNode properties = Json.object("drive", "extra").put("bus", "scsi0.0");
        execute(new AddDevice("scsi-hd", "extrad", properties));
        assertThat(execute(new QueryBlock())).hasSize(3);
        execute(new RemoveDevice("extrad"));
        awaitEvent("DEVICE_DELETED");
        assertThat(execute(new QueryBlock())).hasSize(2);
        execute(new RemoveNode("extra"));
    }

    @Test
    void theMachineIsPoweredDownAndReset() throws Exception {
        execute(new ContinueVm());
        execute(new PowerDownVm());
        awaitEvent("POWERDOWN");
        execute(new ResetVm());
        awaitEvent("RESET");
    }

    // What the tests need of a driver, in its simplest form.

    private final List<String> statuses = new ArrayList<>();

    /// Makes a qcow2 image and opens it as the node `name` over the node `name-f`.
    private void addImage(String name) throws QmpException {
        Path file = directory.resolve(name + ".qcow2");
        create(ImageOptions.file(file, 0));
        execute(new AddNode(NodeOptions.file(name + "-f", file)));
        create(ImageOptions.qcow2(name + "-f", QemuProcess.DISK_BYTES).withClusterSize(65536));
        execute(new AddNode(NodeOptions.qcow2(name, name + "-f").withoutBacking()));
    }

    private void create(ImageOptions options) throws QmpException {
        execute(new CreateImage("create", options));
        awaitStatus("create", JobStatus.CONCLUDED);
        assertThat(finish("create")).isEmpty();
    }

    /// Dismisses a concluded job.
    ///
    /// @return its error
    private Optional<String> finish(String id) throws QmpException {
        awaitStatus(id, JobStatus.CONCLUDED);
        Optional<String> error = job(id).orElseThrow().error();
        execute(new DismissJob(id));
        drainEvents();
        assertThat(job(id)).isEmpty();
        return error;
    }

    private void awaitStatus(String id, JobStatus wanted) throws QmpException {
        while (job(id).orElseThrow().status() != wanted) {
            note(events.next(soon()).orElseThrow());
        }
    }

    private void awaitEvent(String name) {
        while (!note(events.next(soon()).orElseThrow()).equals(name)) {
            // wait for the next
        }
    }

    private void drainEvents() {
        Optional<QmpEvent> event = events.next(Deadline.inMillis(0));
        while (event.isPresent()) {
            note(event.get());
            event = events.next(Deadline.inMillis(0));
        }
    }

    private String note(QmpEvent event) {
        if (event.name().equals("JOB_STATUS_CHANGE")) {
            statuses.add(event.data().path("status").asText());
        }
        return event.name();
    }

    private Optional<JobInfo> job(String id) throws QmpException {
        return execute(new QueryJobs()).stream()
                .filter(job -> job.id().equals(id))
                .findFirst();
    }

    private BlockJobInfo blockJob(String id) throws QmpException {
        return execute(new QueryBlockJobs()).stream()
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private BlockNode node(String name) throws QmpException {
        return execute(new QueryNamedBlockNodes()).stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private DirtyBitmap bitmap(String node, String name) throws QmpException {
        return node(node).bitmap(name).orElseThrow();
    }

    /// The node that the first disk's device uses.
    private BlockNode disk() throws QmpException {
        return execute(new QueryBlock()).stream()
                .filter(backend -> backend.qdev().equals(Optional.of(DISK)))
                .findFirst()
                .flatMap(BlockBackend::inserted)
                .orElseThrow();
    }

    /// Writes to the disk as the guest would.
    private void write(String pattern, long offset, long length) throws QmpException {
        execute(new HumanMonitorCommand(
                "qemu-io -d %s \"write -P %s %d %d\"".formatted(DISK, pattern, offset, length)));
    }
}
