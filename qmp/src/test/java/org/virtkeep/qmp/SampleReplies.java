package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What QEMU replies, and what it must decode to. Taken from QEMU 7.2.22, shortened; members of later
/// versions are marked.
final class SampleReplies {

    record Sample(String name, QmpCommand<?> command, JsonNode reply, Object decoded) {
        @Override
        public String toString() {
            return name;
        }
    }

    private SampleReplies() {}

    private static Sample sample(String name, QmpCommand<?> command, String reply, Object decoded) {
        return new Sample(name, command, SampleCommands.json(reply), decoded);
    }

    static List<Sample> all() {
        return List.of(
                sample("status", new QueryStatus(), STATUS, new VmStatus(false, RunState.PRELAUNCH)),
                sample("version", new QueryVersion(), VERSION, new QemuVersion(7, 2, 22)),
                sample("name", new QueryName(), "{'name': 'vm1'}", Optional.of("vm1")),
                sample("no name", new QueryName(), "{}", Optional.empty()),
                sample("uuid", new QueryUuid(), UUID_REPLY, UUID.fromString("11111111-2222-3333-4444-555555555555")),
                sample("disks", new QueryBlock(), DISKS, List.of(diskWithBackup(), emptyDrive())),
                sample("nodes", new QueryNamedBlockNodes(), NODES, List.of(nodeWithBitmaps(), dataFileNode())),
                sample("later nodes", new QueryNamedBlockNodes(), LATER_NODES, List.of(nodeWithChildren())),
                sample("graph", new QueryBlockGraph(), GRAPH, graph()),
                sample("jobs", new QueryJobs(), JOBS, jobs()),
                sample("block jobs", new QueryBlockJobs(), BLOCK_JOBS, List.of(blockJob())),
                sample("exports", new QueryBlockExports(), EXPORTS, List.of(new BlockExport("e", "nbd", "vda", true))),
                sample(
                        "chardevs",
                        new QueryChardev(),
                        CHARDEVS,
                        List.of(
                                new CharacterDevice("qmp0", "unix:q0.sock,server=on", true),
                                new CharacterDevice("ga0", "disconnected:unix:ga.sock,server=on", false))),
                sample(
                        "cpus",
                        new QueryCpusFast(),
                        CPUS,
                        List.of(new CpuInfo(0, "/machine/unattached/device[0]", 7226))),
                sample("iothreads", new QueryIothreads(), IOTHREADS, List.of(new IothreadInfo("io0", 7223))),
                sample(
                        "properties",
                        new QomList("/machine"),
                        PROPERTIES,
                        List.of(new QomProperty("type", "string"), new QomProperty("vdad", "child<virtio-blk-pci>"))),
                sample(
                        "human text",
                        new HumanMonitorCommand("info status"),
                        "'VM status: paused'",
                        "VM status: paused"),
                sample("property", new QomGet("/machine", "type"), "'q35'", SampleCommands.json("'q35'")));
    }

    private static final String STATUS = "{'status': 'prelaunch', 'singlestep': false, 'running': false}";

    private static final String VERSION = "{'qemu': {'micro': 22, 'minor': 2, 'major': 7}, 'package': 'Debian 1:7.2'}";

    private static final String UUID_REPLY = "{'UUID': '11111111-2222-3333-4444-555555555555'}";

    private static final String DISKS = """
            [{'io-status': 'nospace', 'device': '', 'locked': false, 'removable': false, 'inserted':
              {'iops_rd': 0, 'detect_zeroes': 'off', 'image': {'virtual-size': 67108864, 'filename': 'a.qcow2',
               'format': 'copy-before-write', 'actual-size': 200704, 'dirty-flag': false, 'backing-image':
               {'virtual-size': 67108864, 'filename': 'a.qcow2', 'format': 'qcow2'}}, 'ro': false,
               'node-name': 'cbw', 'backing_file_depth': 1, 'drv': 'copy-before-write', 'encrypted': false,
               'cache': {'no-flush': false, 'direct': false, 'writeback': true}, 'file': 'a.qcow2'},
              'qdev': '/machine/peripheral/vdad/virtio-backend', 'type': 'unknown'},
             {'device': 'floppy0', 'locked': false, 'removable': true, 'tray_open': true, 'type': 'unknown'}]
            """;

    private static BlockBackend diskWithBackup() {
        var image = new ImageInfo(
                "a.qcow2",
                "copy-before-write",
                67108864,
                Optional.of(200704L),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
        var node = new BlockNode("cbw", "copy-before-write", false, "a.qcow2", image, List.of(), Optional.empty());
        return new BlockBackend(
                "",
                Optional.of("/machine/peripheral/vdad/virtio-backend"),
                Optional.of(node),
                Optional.of(IoStatus.NOSPACE));
    }

    private static BlockBackend emptyDrive() {
        return new BlockBackend("floppy0", Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static final String NODES = """
            [{'iops_rd': 0, 'detect_zeroes': 'off', 'image': {'virtual-size': 67108864, 'filename': 'a.qcow2',
               'cluster-size': 65536, 'format': 'qcow2', 'actual-size': 200704, 'backing-filename': 'base.qcow2',
               'format-specific': {'type': 'qcow2', 'data': {'compat': '1.1', 'compression-type': 'zlib',
               'lazy-refcounts': false, 'refcount-bits': 16, 'corrupt': false, 'extended-l2': false}},
               'dirty-flag': false}, 'ro': false, 'node-name': 'vda', 'drv': 'qcow2', 'file': 'a.qcow2',
              'dirty-bitmaps': [
               {'name': 'cp0', 'recording': true, 'persistent': true, 'busy': true, 'granularity': 65536,
                'count': 131072},
               {'name': 'cp1', 'recording': false, 'persistent': true, 'busy': false, 'granularity': 4096,
                'count': 0, 'inconsistent': true, 'status': 'disabled'},
               {'recording': true, 'persistent': false, 'busy': true, 'granularity': 65536, 'count': 0}]},
             {'image': {'virtual-size': 1048576, 'filename': 'd.qcow2', 'format': 'qcow2',
               'format-specific': {'type': 'qcow2', 'data': {'data-file': 'd.raw', 'data-file-raw': true}}},
              'ro': true, 'node-name': 'vdb', 'drv': 'qcow2', 'file': 'd.qcow2'}]
            """;

    private static BlockNode nodeWithBitmaps() {
        var image = new ImageInfo(
                "a.qcow2",
                "qcow2",
                67108864,
                Optional.of(200704L),
                Optional.of(65536L),
                Optional.of("base.qcow2"),
                Optional.empty(),
                false);
        var bitmaps = List.of(
                new DirtyBitmap(Optional.of("cp0"), 131072, 65536, true, true, true, false),
                new DirtyBitmap(Optional.of("cp1"), 0, 4096, false, true, false, true),
                new DirtyBitmap(Optional.empty(), 0, 65536, true, false, true, false));
        return new BlockNode("vda", "qcow2", false, "a.qcow2", image, bitmaps, Optional.empty());
    }

    private static BlockNode dataFileNode() {
        var image = new ImageInfo(
                "d.qcow2",
                "qcow2",
                1048576,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("d.raw"),
                true);
        return new BlockNode("vdb", "qcow2", true, "d.qcow2", image, List.of(), Optional.empty());
    }

    /// Written after QEMU 10.1's schema.
    private static final String LATER_NODES = """
            [{'image': {'virtual-size': 512, 'filename': 'a.qcow2', 'format': 'raw'}, 'ro': false, 'active': true,
              'node-name': 'vda', 'drv': 'raw', 'file': 'a.qcow2',
              'children': [{'child': 'file', 'node-name': 'vda-f'}]}]
            """;

    private static BlockNode nodeWithChildren() {
        var image = new ImageInfo(
                "a.qcow2", "raw", 512, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);
        var children = List.of(new BlockNode.Child("file", "vda-f"));
        return new BlockNode("vda", "raw", false, "a.qcow2", image, List.of(), Optional.of(children));
    }

    private static final String GRAPH = """
            {'edges': [{'name': 'root', 'parent': 1, 'child': 2, 'shared-perm': ['resize', 'consistent-read'],
                        'perm': ['write']}],
             'nodes': [{'name': 'vda', 'type': 'block-driver', 'id': 2},
                       {'name': 'job0', 'type': 'block-job', 'id': 1},
                       {'name': '', 'type': 'quantum', 'id': 7}]}
            """;

    private static NodeGraph graph() {
        return new NodeGraph(
                List.of(
                        new NodeGraph.Vertex(2, NodeGraph.Kind.BLOCK_DRIVER, "vda"),
                        new NodeGraph.Vertex(1, NodeGraph.Kind.BLOCK_JOB, "job0"),
                        new NodeGraph.Vertex(7, NodeGraph.Kind.UNKNOWN, "")),
                List.of(new NodeGraph.Edge(1, 2, "root", List.of("write"), List.of("resize", "consistent-read"))));
    }

    private static final String JOBS = """
            [{'current-progress': 1, 'status': 'concluded', 'total-progress': 2, 'type': 'backup', 'id': 'j0',
              'error': 'No space left on device'},
             {'current-progress': 0, 'status': 'undefined', 'total-progress': 0, 'type': 'create', 'id': 'j1'},
             {'current-progress': 0, 'status': 'dreaming', 'total-progress': 0, 'type': 'create', 'id': 'j2'}]
            """;

    private static List<JobInfo> jobs() {
        return List.of(
                new JobInfo("j0", "backup", JobStatus.CONCLUDED, 1, 2, Optional.of("No space left on device")),
                new JobInfo("j1", "create", JobStatus.UNDEFINED, 0, 0, Optional.empty()),
                new JobInfo("j2", "create", JobStatus.UNKNOWN, 0, 0, Optional.empty()));
    }

    private static final String BLOCK_JOBS = """
            [{'auto-finalize': true, 'io-status': 'failed', 'device': 'j0', 'auto-dismiss': false, 'busy': false,
              'len': 67108864, 'offset': 65536, 'status': 'paused', 'paused': true, 'speed': 1000, 'ready': false,
              'type': 'backup'}]
            """;

    private static BlockJobInfo blockJob() {
        return new BlockJobInfo(
                "j0",
                "backup",
                67108864,
                65536,
                false,
                true,
                1000,
                IoStatus.FAILED,
                false,
                JobStatus.PAUSED,
                Optional.empty());
    }

    private static final String EXPORTS = "[{'node-name': 'vda', 'shutting-down': true, 'type': 'nbd', 'id': 'e'}]";

    private static final String CHARDEVS = """
            [{'frontend-open': true, 'filename': 'unix:q0.sock,server=on', 'label': 'qmp0'},
             {'frontend-open': false, 'filename': 'disconnected:unix:ga.sock,server=on', 'label': 'ga0'}]
            """;

    private static final String CPUS = """
            [{'thread-id': 7226, 'props': {'core-id': 0, 'thread-id': 0, 'socket-id': 0}, 'cpu-index': 0,
              'qom-path': '/machine/unattached/device[0]', 'target': 'x86_64'}]
            """;

    private static final String IOTHREADS =
            "[{'poll-shrink': 0, 'thread-id': 7223, 'aio-max-batch': 0, 'poll-max-ns': 32768, 'id': 'io0'}]";

    private static final String PROPERTIES =
            "[{'name': 'type', 'type': 'string'}, {'name': 'vdad', 'type': 'child<virtio-blk-pci>'}]";
}
