package org.virtkeep.qmp;

import static org.virtkeep.qmp.StartBackup.BitmapMode.NEVER;
import static org.virtkeep.qmp.StartBackup.BitmapMode.ON_SUCCESS;
import static org.virtkeep.qmp.StartBackup.OnCbwError.BREAK_SNAPSHOT;
import static org.virtkeep.qmp.StartBackup.OnError.ENOSPC;
import static org.virtkeep.qmp.StartBackup.OnError.REPORT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Every command, with every argument that it can send, and what QEMU must get.
final class SampleCommands {

    /// @param arguments as JSON, with `'` for `"`
    /// @param sinceQemu the version that has all arguments; 7.2 has most
    record Sample(QmpCommand<?> command, String name, String arguments, QemuVersion sinceQemu) {

        ObjectNode expectedArguments() {
            return (ObjectNode) json(arguments);
        }

        @Override
        public String toString() {
            return name + " " + arguments;
        }
    }

    private static final QemuVersion OLD = new QemuVersion(7, 2, 0);

    private final List<Sample> samples = new ArrayList<>();

    private SampleCommands() {}

    static List<Sample> all() {
        var all = new SampleCommands();
        all.addQueries();
        all.addMachine();
        all.addObjects();
        all.addNodes();
        all.addImages();
        all.addBitmaps();
        all.addBackups();
        all.addTransactions();
        all.addJobs();
        all.addExports();
        return List.copyOf(all.samples);
    }

    static JsonNode json(String text) {
        try {
            return Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    private void add(QmpCommand<?> command, String name, String arguments) {
        samples.add(new Sample(command, name, arguments, OLD));
    }

    private void addSince(int major, int minor, QmpCommand<?> command, String name, String arguments) {
        samples.add(new Sample(command, name, arguments, new QemuVersion(major, minor, 0)));
    }

    private void addQueries() {
        add(new QueryStatus(), "query-status", "{}");
        add(new QueryVersion(), "query-version", "{}");
        add(new QueryName(), "query-name", "{}");
        add(new QueryUuid(), "query-uuid", "{}");
        add(new QueryBlock(), "query-block", "{}");
        add(new QueryBlockStats(), "query-blockstats", "{}");
        add(new QueryBalloon(), "query-balloon", "{}");
        add(
                new AnyCommand("query-command-line-options", Json.object("option", "boot-opts")),
                "query-command-line-options",
                "{'option': 'boot-opts'}");
        add(new QueryNamedBlockNodes(), "query-named-block-nodes", "{'flat': true}");
        add(new QueryBlockGraph(), "x-debug-query-block-graph", "{}");
        add(new QueryJobs(), "query-jobs", "{}");
        add(new QueryBlockJobs(), "query-block-jobs", "{}");
        add(new QueryBlockExports(), "query-block-exports", "{}");
        add(new QueryQmpSchema(), "query-qmp-schema", "{}");
        add(new QueryChardev(), "query-chardev", "{}");
        add(new QueryCpusFast(), "query-cpus-fast", "{}");
        add(new QueryIothreads(), "query-iothreads", "{}");
    }

    private void addMachine() {
        add(new StopVm(), "stop", "{}");
        add(new ContinueVm(), "cont", "{}");
        add(new QuitQemu(), "quit", "{}");
        add(new PowerDownVm(), "system_powerdown", "{}");
        add(new ResetVm(), "system_reset", "{}");
        add(new HumanMonitorCommand("info status"), "human-monitor-command", "{'command-line': 'info status'}");
        ObjectNode disk = Json.object("drive", "vda");
        add(
                new AddDevice("virtio-blk-pci", "d0", disk),
                "device_add",
                "{'driver': 'virtio-blk-pci', 'id': 'd0', 'drive': 'vda'}");
        add(new RemoveDevice("d0"), "device_del", "{'id': 'd0'}");
    }

    private void addObjects() {
        add(new QomGet("/machine", "type"), "qom-get", "{'path': '/machine', 'property': 'type'}");
        add(
                new QomSet("/machine/peripheral/d0", "drive", Json.object().textNode("cbw")),
                "qom-set",
                "{'path': '/machine/peripheral/d0', 'property': 'drive', 'value': 'cbw'}");
        add(new QomList("/machine"), "qom-list", "{'path': '/machine'}");
        ObjectNode limits = Json.object();
        limits.set("limits", Json.object().put("bps-total", 1000));
        add(
                new AddObject("throttle-group", "tg0", limits),
                "object-add",
                "{'qom-type': 'throttle-group', 'id': 'tg0', 'limits': {'bps-total': 1000}}");
        add(new RemoveObject("tg0"), "object-del", "{'id': 'tg0'}");
    }

    private void addNodes() {
        addNode(
                NodeOptions.file("f", Path.of("/d/a.img"))
                        .withAutoReadOnly()
                        .withDiscardUnmap()
                        .withDirectIo(),
                "{'driver': 'file', 'node-name': 'f', 'filename': '/d/a.img', 'auto-read-only': true,"
                        + " 'discard': 'unmap', 'cache': {'direct': true}}");
        addNode(
                NodeOptions.file("f", Path.of("/d/a.img")).withoutFlush(),
                "{'driver': 'file', 'node-name': 'f', 'filename': '/d/a.img', 'cache': {'no-flush': true}}");
        addNode(
                NodeOptions.hostDevice("f", Path.of("/dev/sda")).withReadOnly(),
                "{'driver': 'host_device', 'node-name': 'f', 'filename': '/dev/sda', 'read-only': true}");
        addNode(
                NodeOptions.nbd("n", Path.of("/run/s"), "vda"),
                "{'driver': 'nbd', 'node-name': 'n', 'server': {'type': 'unix', 'path': '/run/s'}, 'export': 'vda'}");
        addNode(
                NodeOptions.nbd("n", "::1", 10809, "vda").with("reconnect-delay", 5),
                "{'driver': 'nbd', 'node-name': 'n', 'server': {'type': 'inet', 'host': '::1', 'port': '10809'},"
                        + " 'export': 'vda', 'reconnect-delay': 5}");
        addNode(
                NodeOptions.qcow2("q", "f").withoutBacking().withDataFile("raw").withDetectZeroesUnmap(),
                "{'driver': 'qcow2', 'node-name': 'q', 'file': 'f', 'backing': null, 'data-file': 'raw',"
                        + " 'detect-zeroes': 'unmap'}");
        addNode(
                NodeOptions.qcow2("q", "f").withBacking("base").with("lazy-refcounts", true),
                "{'driver': 'qcow2', 'node-name': 'q', 'file': 'f', 'backing': 'base', 'lazy-refcounts': true}");
        addNode(NodeOptions.raw("r", "f"), "{'driver': 'raw', 'node-name': 'r', 'file': 'f'}");
        addNode(
                NodeOptions.snapshotAccess("s", "cbw"),
                "{'driver': 'snapshot-access', 'node-name': 's', 'file': 'cbw'}");
        addNode(
                NodeOptions.copyBeforeWrite("cbw", "vda", "scratch"),
                "{'driver': 'copy-before-write', 'node-name': 'cbw', 'file': 'vda', 'target': 'scratch'}");
        addNode(
                NodeOptions.throttle("t", "tg0", "vda"),
                "{'driver': 'throttle', 'node-name': 't', 'throttle-group': 'tg0', 'file': 'vda'}");
        addNode(
                NodeOptions.of("null-co", "n").with("size", 1048576),
                "{'driver': 'null-co', 'node-name': 'n', 'size': 1048576}");
        add(
                new ReopenNodes(List.of(NodeOptions.raw("r", "f"), NodeOptions.throttle("t", "tg0", "cbw"))),
                "blockdev-reopen",
                "{'options': [{'driver': 'raw', 'node-name': 'r', 'file': 'f'},"
                        + " {'driver': 'throttle', 'node-name': 't', 'throttle-group': 'tg0', 'file': 'cbw'}]}");
        add(new RemoveNode("r"), "blockdev-del", "{'node-name': 'r'}");
        add(new OpenTray("cd0", true), "blockdev-open-tray", "{'id': 'cd0', 'force': true}");
        add(new CloseTray("cd0"), "blockdev-close-tray", "{'id': 'cd0'}");
        add(new InsertMedium("cd0", "r"), "blockdev-insert-medium", "{'id': 'cd0', 'node-name': 'r'}");
        add(new RemoveMedium("cd0"), "blockdev-remove-medium", "{'id': 'cd0'}");
        add(new ResizeNode("r", 4096), "block_resize", "{'node-name': 'r', 'size': 4096}");
        add(
                new SetWriteThreshold("f", 65536),
                "block-set-write-threshold",
                "{'node-name': 'f', 'write-threshold': 65536}");
    }

    private void addNode(NodeOptions options, String arguments) {
        add(new AddNode(options), "blockdev-add", arguments);
    }

    private void addImages() {
        add(
                new CreateImage("j", ImageOptions.file(Path.of("/d/a.img"), 0)),
                "blockdev-create",
                "{'job-id': 'j', 'options': {'driver': 'file', 'filename': '/d/a.img', 'size': 0}}");
        add(
                new CreateImage(
                        "j",
                        ImageOptions.qcow2("f", 1048576)
                                .withBackingFile("base.qcow2", "qcow2")
                                .withClusterSize(65536)
                                .withCompressionType("zstd")
                                .withPreallocation("metadata")
                                .withRawDataFile("raw")),
                "blockdev-create",
                "{'job-id': 'j', 'options': {'driver': 'qcow2', 'file': 'f', 'size': 1048576,"
                        + " 'backing-file': 'base.qcow2', 'backing-fmt': 'qcow2', 'cluster-size': 65536,"
                        + " 'compression-type': 'zstd', 'preallocation': 'metadata', 'data-file': 'raw',"
                        + " 'data-file-raw': true}}");
    }

    private void addBitmaps() {
        add(
                AddBitmap.persistent("vda", "cp"),
                "block-dirty-bitmap-add",
                "{'node': 'vda', 'name': 'cp', 'persistent': true}");
        add(
                AddBitmap.temporary("vda", "b").withGranularity(4096),
                "block-dirty-bitmap-add",
                "{'node': 'vda', 'name': 'b', 'granularity': 4096}");
        add(AddBitmap.disabled("vda", "b"), "block-dirty-bitmap-add", "{'node': 'vda', 'name': 'b', 'disabled': true}");
        add(new RemoveBitmap("vda", "b"), "block-dirty-bitmap-remove", "{'node': 'vda', 'name': 'b'}");
        add(new EnableBitmap("vda", "b"), "block-dirty-bitmap-enable", "{'node': 'vda', 'name': 'b'}");
        add(new DisableBitmap("vda", "b"), "block-dirty-bitmap-disable", "{'node': 'vda', 'name': 'b'}");
        add(new ClearBitmap("vda", "b"), "block-dirty-bitmap-clear", "{'node': 'vda', 'name': 'b'}");
        add(
                new MergeBitmaps("vda", "b", List.of(new BitmapReference("base", "cp"))),
                "block-dirty-bitmap-merge",
                "{'node': 'vda', 'target': 'b', 'bitmaps': [{'node': 'base', 'name': 'cp'}]}");
        add(new TakeSnapshot("vda", "overlay"), "blockdev-snapshot", "{'node': 'vda', 'overlay': 'overlay'}");
    }

    private void addBackups() {
        add(
                StartBackup.full("j", "vda", "t"),
                "blockdev-backup",
                "{'job-id': 'j', 'device': 'vda', 'target': 't', 'sync': 'full'}");
        add(
                StartBackup.top("j", "vda", "t").withCompression(),
                "blockdev-backup",
                "{'job-id': 'j', 'device': 'vda', 'target': 't', 'sync': 'top', 'compress': true}");
        add(
                StartBackup.none("j", "vda", "t").withFilterNodeName("cbw").withAutoDismiss(false),
                "blockdev-backup",
                "{'job-id': 'j', 'device': 'vda', 'target': 't', 'sync': 'none', 'filter-node-name': 'cbw',"
                        + " 'auto-dismiss': false}");
        add(
                StartBackup.bitmap("j", "vda", "t", "b", NEVER)
                        .withSpeed(1000)
                        .withAutoFinalize(false)
                        .withOnSourceError(REPORT)
                        .withOnTargetError(ENOSPC)
                        .withPerformance(8, 1048576),
                "blockdev-backup",
                "{'job-id': 'j', 'device': 'vda', 'target': 't', 'sync': 'bitmap', 'bitmap': 'b',"
                        + " 'bitmap-mode': 'never', 'speed': 1000, 'auto-finalize': false,"
                        + " 'on-source-error': 'report', 'on-target-error': 'enospc',"
                        + " 'x-perf': {'max-workers': 8, 'max-chunk': 1048576}}");
        addSince(
                9,
                1,
                StartBackup.full("j", "vda", "t").withDiscardSource(),
                "blockdev-backup",
                "{'job-id': 'j', 'device': 'vda', 'target': 't', 'sync': 'full', 'discard-source': true}");
        addSince(
                10,
                1,
                StartBackup.none("j", "vda", "t").withOnCbwError(BREAK_SNAPSHOT),
                "blockdev-backup",
                "{'job-id': 'j', 'device': 'vda', 'target': 't', 'sync': 'none',"
                        + " 'on-cbw-error': 'break-snapshot'}");
    }

    private void addTransactions() {
        add(
                new Transaction(List.of(
                        AddBitmap.persistent("vda", "cp"),
                        new EnableBitmap("vda", "a"),
                        new DisableBitmap("vda", "b"),
                        new ClearBitmap("vda", "c"),
                        new RemoveBitmap("vda", "d"),
                        new MergeBitmaps("vda", "b", List.of(new BitmapReference("base", "cp"))),
                        StartBackup.bitmap("j", "vda", "t", "b", ON_SUCCESS),
                        new TakeSnapshot("vda", "overlay"))),
                "transaction",
                "{'actions': ["
                        + "{'type': 'block-dirty-bitmap-add',"
                        + " 'data': {'node': 'vda', 'name': 'cp', 'persistent': true}},"
                        + "{'type': 'block-dirty-bitmap-enable', 'data': {'node': 'vda', 'name': 'a'}},"
                        + "{'type': 'block-dirty-bitmap-disable', 'data': {'node': 'vda', 'name': 'b'}},"
                        + "{'type': 'block-dirty-bitmap-clear', 'data': {'node': 'vda', 'name': 'c'}},"
                        + "{'type': 'block-dirty-bitmap-remove', 'data': {'node': 'vda', 'name': 'd'}},"
                        + "{'type': 'block-dirty-bitmap-merge',"
                        + " 'data': {'node': 'vda', 'target': 'b', 'bitmaps': [{'node': 'base', 'name': 'cp'}]}},"
                        + "{'type': 'blockdev-backup', 'data': {'job-id': 'j', 'device': 'vda', 'target': 't',"
                        + " 'sync': 'bitmap', 'bitmap': 'b', 'bitmap-mode': 'on-success'}},"
                        + "{'type': 'blockdev-snapshot', 'data': {'node': 'vda', 'overlay': 'overlay'}}"
                        + "]}");
    }

    private void addJobs() {
        add(new CancelJob("j"), "job-cancel", "{'id': 'j'}");
        add(new DismissJob("j"), "job-dismiss", "{'id': 'j'}");
        add(new FinalizeJob("j"), "job-finalize", "{'id': 'j'}");
        add(new CompleteJob("j"), "job-complete", "{'id': 'j'}");
        add(
                StartCommit.of("j", "d", "b", "f").withTop("t", "/b").withSpeed(1),
                "block-commit",
                "{'job-id': 'j', 'device': 'd', 'base-node': 'b', 'filter-node-name': 'f', 'on-error': 'report', "
                        + "'auto-finalize': false, 'auto-dismiss': false, 'top-node': 't', 'backing-file': '/b', 'speed': 1}");
        add(
                StartStream.of("j", "d", "f").withBase("b", "/b").withSpeed(1),
                "block-stream",
                "{'job-id': 'j', 'device': 'd', 'filter-node-name': 'f', 'on-error': 'report', 'auto-finalize': false, "
                        + "'auto-dismiss': false, 'base-node': 'b', 'backing-file': '/b', 'speed': 1}");
        add(
                StartMirror.of("j", "d", "t", true, "f")
                        .withSpeed(1)
                        .withGranularity(65_536)
                        .withBuffer(1 << 20)
                        .withSynchronousWrites(),
                "blockdev-mirror",
                "{'job-id': 'j', 'device': 'd', 'target': 't', 'sync': 'top', 'filter-node-name': 'f', "
                        + "'on-source-error': 'report', 'on-target-error': 'report', 'auto-finalize': false, "
                        + "'auto-dismiss': false, 'speed': 1, 'granularity': 65536, 'buf-size': 1048576, "
                        + "'copy-mode': 'write-blocking'}");
        add(new PauseJob("j"), "job-pause", "{'id': 'j'}");
        add(new ResumeJob("j"), "job-resume", "{'id': 'j'}");
        add(new SetJobSpeed("j", 1000), "block-job-set-speed", "{'device': 'j', 'speed': 1000}");
    }

    private void addExports() {
        add(
                new StartNbdServer(Path.of("/run/s"), 0),
                "nbd-server-start",
                "{'addr': {'type': 'unix', 'data': {'path': '/run/s'}}, 'max-connections': 0}");
        add(new StopNbdServer(), "nbd-server-stop", "{}");
        add(
                AddNbdExport.writable("e", "vda", "disk"),
                "block-export-add",
                "{'type': 'nbd', 'id': 'e', 'node-name': 'vda', 'name': 'disk', 'writable': true}");
        add(
                AddNbdExport.readOnly("e", "snap", "disk")
                        .withDescription("of today")
                        .withBitmaps(List.of(new BitmapReference("vda", "b")))
                        .withAllocationDepth(),
                "block-export-add",
                "{'type': 'nbd', 'id': 'e', 'node-name': 'snap', 'name': 'disk',"
                        + " 'description': 'of today', 'bitmaps': [{'node': 'vda', 'name': 'b'}],"
                        + " 'allocation-depth': true}");
        add(new RemoveExport("e", RemoveExport.Mode.HARD), "block-export-del", "{'id': 'e', 'mode': 'hard'}");
        add(new RemoveExport("e", RemoveExport.Mode.SAFE), "block-export-del", "{'id': 'e', 'mode': 'safe'}");
    }
}
