package org.virtkeep.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.rpc.BackupMessages;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.CheckpointMessages;
import org.virtkeep.rpc.CheckpointRef;
import org.virtkeep.rpc.DomainMessages.DomainFlags;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.JobMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcException;
import org.virtkeep.rpc.TypedParameter;
import org.virtkeep.rpc.VirtkeepMessages;
import org.virtkeep.rpc.VirtkeepProgram;
import org.virtkeep.testkit.Await;

/// Backups, jobs and checkpoints as clients of the daemon meet them.
@Tag("qemu")
final class BackupCallsIT {
    private static final int COMPLETED = 1;
    private static final int COMPLETED_AND_KEPT = 3;

    @TempDir
    private Path directory;

    private TestDaemon daemon;
    private RpcClient client;
    private DomainRef vm;

    @BeforeEach
    void start() throws IOException {
        daemon = TestDaemon.in(directory);
        client = daemon.client();
        vm = daemon.start(client, "vm");
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private String pull(String socket) {
        return "<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>"
                .formatted(directory.resolve(socket));
    }

    private String push(String file) {
        return """
                <domainbackup><disks><disk name='vda' backup='yes' type='file'><target file='%s'/></disk></disks>
                </domainbackup>""".formatted(directory.resolve(file));
    }

    private void begin(RpcClient by, String xml, Optional<String> checkpoint) throws RpcException {
        TestDaemon.call(by, LibvirtProgram.DOMAIN_BACKUP_BEGIN, new BackupMessages.Begin(vm, xml, checkpoint, 0));
    }

    private int beginWithId(RpcClient by, String xml) throws RpcException {
        return TestDaemon.call(
                by, VirtkeepProgram.BACKUP_BEGIN, new BackupMessages.Begin(vm, xml, Optional.empty(), 0));
    }

    private JobMessages.Stats stats(RpcClient by, int flags) throws RpcException {
        return TestDaemon.call(by, LibvirtProgram.DOMAIN_GET_JOB_STATS, new DomainFlags(vm, flags));
    }

    private static List<String> names(JobMessages.Stats stats) {
        return stats.parameters().stream().map(TypedParameter::field).toList();
    }

    private static void assertRefused(ThrowingCallable call, int code, String part) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RpcException.Refused.class, refusal -> {
            assertThat(refusal.error().text()).contains(part);
            assertThat(refusal.error().code()).isEqualTo(code);
        });
    }

    @Test
    void whoeverMayBeginAPullMayReadIt() throws IOException, RpcException {
        begin(client, pull("s"), Optional.empty());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("s"))))
                .isEqualTo("rw-rw----");
        TestDaemon.call(client, LibvirtProgram.DOMAIN_ABORT_JOB, vm);
    }

    @Test
    void libvirtsCallsRunAPullFromItsBeginToItsResult() throws Exception {
        begin(client, pull("nbd"), Optional.of("<domaincheckpoint><name>c1</name></domaincheckpoint>"));

        assertThat(stats(client, 0).type()).isEqualTo(2);
        assertThat(names(stats(client, 0)))
                .containsExactly("operation", "time_elapsed", "disk_temp_used", "disk_temp_total");
        assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_GET_BLOCK_JOB_INFO, disk("vda")))
                .satisfies(info -> assertThat(info.found()).isTrue())
                .satisfies(info -> assertThat(info.type()).isEqualTo(5));
        assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_BACKUP_GET_XML_DESC, new DomainFlags(vm, 0)))
                .contains("mode='pull'", "exportname='vdb'");

        TestDaemon.call(client, LibvirtProgram.DOMAIN_ABORT_JOB, vm);

        assertThat(stats(client, 0)).isEqualTo(new JobMessages.Stats(0, List.of()));
        assertThat(stats(client, COMPLETED_AND_KEPT).type()).isEqualTo(3);
        assertThat(stats(daemon.readOnlyClient(), COMPLETED).type()).isEqualTo(3);
        assertThat(names(stats(client, COMPLETED))).endsWith("success");
        assertThat(stats(client, COMPLETED).type()).as("told once").isZero();
        assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_GET_BLOCK_JOB_INFO, disk("vda")))
                .isEqualTo(BlockMessages.BlockJobInfo.NONE);
        assertRefused(() -> TestDaemon.call(client, LibvirtProgram.DOMAIN_ABORT_JOB, vm), 55, "no job is active");
        assertRefused(
                () -> TestDaemon.call(client, LibvirtProgram.DOMAIN_BACKUP_GET_XML_DESC, new DomainFlags(vm, 0)),
                104,
                "no domain backup job present");
        assertRefused(() -> TestDaemon.call(client, LibvirtProgram.DOMAIN_GET_BLOCK_JOB_INFO, disk("sdx")), 8, "'sdx'");
    }

    private BlockMessages.DiskFlags disk(String name) {
        return new BlockMessages.DiskFlags(vm, name, 0);
    }

    @Test
    void aPushIsAcknowledgedByWhoeverReadsItsResult() throws Exception {
        begin(client, push("out"), Optional.empty());
        Await.until(
                "the push has ended",
                TestDaemon.LIMIT_OF_TEST.remaining(),
                () -> stats(client, 0).type() == 0);

        assertThat(job(1).acknowledged()).isFalse();
        assertThat(names(stats(client, COMPLETED)))
                .containsExactly(
                        "operation", "time_elapsed", "disk_total", "disk_processed", "disk_remaining", "success");
        assertThat(job(1).acknowledged()).isTrue();
        assertThat(job(1).state()).isEqualTo(BackupMessages.State.COMPLETED);
    }

    private BackupMessages.Job job(int id) throws RpcException {
        return TestDaemon.call(client, VirtkeepProgram.BACKUP_GET_JOB, new BackupMessages.JobFlags(vm, id, 0));
    }

    @Test
    void aClientOnTheHostMayReadFromQemuItself() throws Exception {
        int id = beginWithId(client, pull("nbd"));
        long own = ProcessHandle.current().pid();

        List<BackupMessages.UpstreamDisk> disks = setReader(id, own, List.of());
        assertThat(disks).extracting(BackupMessages.UpstreamDisk::name).containsExactly("vda", "vdb");
        assertThat(disks).allSatisfy(disk -> {
            assertThat(Path.of(disk.socket())).exists();
            assertThat(disk.live()).isPresent();
            assertThat(disk.scratch()).isPresent();
        });
        setReader(id, own, List.of(5L, 6L));
        assertThat(job(id).disks())
                .extracting(BackupMessages.JobDisk::processed)
                .containsExactly(5L, 6L);

        assertThat(setReader(id, Integer.MAX_VALUE, List.of())).as("no process").isEmpty();
        setReader(id, 0, List.of(7L, 8L));
        TestDaemon.call(client, VirtkeepProgram.BACKUP_END, new BackupMessages.JobFlags(vm, id, 0));
        assertThat(setReader(id, own, List.of())).as("of an ended job").isEmpty();
        assertThat(job(id).disks())
                .extracting(BackupMessages.JobDisk::processed)
                .containsExactly(7L, 8L);
    }

    private List<BackupMessages.UpstreamDisk> setReader(int id, long pid, List<Long> read) throws RpcException {
        return TestDaemon.call(client, VirtkeepProgram.BACKUP_SET_READER, new BackupMessages.Reader(vm, id, pid, read))
                .disks();
    }

    @Test
    void ofSeveralJobsALibvirtClientEndsOnlyItsOwn() throws Exception {
        int first = beginWithId(client, pull("nbd1"));
        RpcClient libvirt = daemon.client();
        begin(libvirt, pull("nbd2"), Optional.empty());
        int last = beginWithId(client, pull("nbd3"));
        RpcClient bystander = daemon.client();

        assertRefused(
                () -> TestDaemon.call(bystander, LibvirtProgram.DOMAIN_ABORT_JOB, vm),
                55,
                "3 running backup jobs (%d, %d, %d)".formatted(first, first + 1, last));
        assertThat(xml(libvirt)).contains("id='%d'".formatted(first + 1));
        assertThat(xml(bystander)).as("the newest").contains("id='%d'".formatted(last));

        TestDaemon.call(libvirt, LibvirtProgram.DOMAIN_ABORT_JOB, vm);

        assertThat(job(first + 1).state()).isEqualTo(BackupMessages.State.COMPLETED);
        assertRefused(
                () -> TestDaemon.call(client, VirtkeepProgram.BACKUP_END, new BackupMessages.JobFlags(vm, 0, 0)),
                55,
                "2 running backup jobs");
        for (int id : List.of(first, last)) {
            assertThat(TestDaemon.call(client, VirtkeepProgram.BACKUP_END, new BackupMessages.JobFlags(vm, id, 0)))
                    .isEqualTo(1);
        }
        assertThat(TestDaemon.call(client, VirtkeepProgram.BACKUP_LIST, new DomainFlags(vm, 0))
                        .jobs())
                .extracting(BackupMessages.Job::id, BackupMessages.Job::state)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(first, BackupMessages.State.COMPLETED),
                        org.assertj.core.groups.Tuple.tuple(first + 1, BackupMessages.State.COMPLETED),
                        org.assertj.core.groups.Tuple.tuple(last, BackupMessages.State.COMPLETED));
    }

    private String xml(RpcClient by) throws RpcException {
        return TestDaemon.call(by, LibvirtProgram.DOMAIN_BACKUP_GET_XML_DESC, new DomainFlags(vm, 0));
    }

    @Test
    void checkpointsAreListedMeasuredAndDeletedWithLibvirtsFlags() throws Exception {
        CheckpointRef c1 = checkpoint("c1");
        CheckpointRef c2 = checkpoint("c2");

        assertThat(list(0)).containsExactlyInAnyOrder("c1", "c2");
        assertThat(list(1)).as("roots").containsExactly("c1");
        assertThat(list(4)).as("leaves").containsExactly("c2");
        assertThat(TestDaemon.call(
                        client,
                        LibvirtProgram.DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN,
                        new CheckpointMessages.ListChildren(c1, false, 1)))
                .isEqualTo(new CheckpointMessages.CheckpointList(List.of(), 1));
        assertThat(xml(c1, 4 | 2)).contains("size='0'").doesNotContain("<domain>");
        assertThat(parent(c2)).isEqualTo("c1");
        assertRefused(() -> parent(c1), 103, "'c1'");
        assertRefused(() -> list(1 << 9), 8, "0x200");
        assertRefused(
                () -> TestDaemon.call(
                        daemon.readOnlyClient(),
                        LibvirtProgram.DOMAIN_CHECKPOINT_GET_XML_DESC,
                        new CheckpointMessages.CheckpointFlags(c1, 1)),
                29,
                "secure flag");
        assertThat(TestDaemon.call(client, VirtkeepProgram.CHECKPOINT_GET_CURRENT, new DomainFlags(vm, 0)))
                .contains("c2");
        assertThat(TestDaemon.call(
                                client,
                                VirtkeepProgram.CHECKPOINT_GET_HEALTH,
                                new CheckpointMessages.CheckpointFlags(c2, 0))
                        .disks())
                .extracting(VirtkeepMessages.DiskHealth::health)
                .containsExactly(VirtkeepMessages.Health.OK, VirtkeepMessages.Health.OK);

        String stored = xml(c1, 0);
        delete(c1, 2);
        assertThat(list(0)).containsExactly("c2");
        TestDaemon.call(
                client, LibvirtProgram.DOMAIN_CHECKPOINT_CREATE_XML, new CheckpointMessages.Create(vm, stored, 1));
        delete(c1, 0);
        delete(c2, 0);
        assertThat(list(0)).isEmpty();
    }

    private CheckpointRef checkpoint(String name) throws RpcException {
        String xml = "<domaincheckpoint><name>%s</name></domaincheckpoint>".formatted(name);
        return TestDaemon.call(
                client, LibvirtProgram.DOMAIN_CHECKPOINT_CREATE_XML, new CheckpointMessages.Create(vm, xml, 0));
    }

    private List<String> list(int flags) throws RpcException {
        return TestDaemon.call(
                        client,
                        LibvirtProgram.DOMAIN_LIST_ALL_CHECKPOINTS,
                        new CheckpointMessages.ListAll(vm, true, flags))
                .checkpoints()
                .stream()
                .map(CheckpointRef::name)
                .toList();
    }

    private String xml(CheckpointRef checkpoint, int flags) throws RpcException {
        return TestDaemon.call(
                client,
                LibvirtProgram.DOMAIN_CHECKPOINT_GET_XML_DESC,
                new CheckpointMessages.CheckpointFlags(checkpoint, flags));
    }

    private String parent(CheckpointRef checkpoint) throws RpcException {
        return TestDaemon.call(
                        client,
                        LibvirtProgram.DOMAIN_CHECKPOINT_GET_PARENT,
                        new CheckpointMessages.CheckpointFlags(checkpoint, 0))
                .name();
    }

    private void delete(CheckpointRef checkpoint, int flags) throws RpcException {
        TestDaemon.call(
                client,
                LibvirtProgram.DOMAIN_CHECKPOINT_DELETE,
                new CheckpointMessages.CheckpointFlags(checkpoint, flags));
    }
}
