package org.virtkeep.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.rpc.CheckpointMessages;
import org.virtkeep.rpc.DomainMessages.DomainFlags;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcException;
import org.virtkeep.rpc.SnapshotMessages;
import org.virtkeep.rpc.SnapshotRef;
import org.virtkeep.rpc.VirtkeepMessages;
import org.virtkeep.rpc.VirtkeepProgram;

/// Snapshots as clients of the daemon meet them.
@Tag("qemu")
final class SnapshotCallsIT {
    private static final int DISK_ONLY = 16;

    @TempDir
    private Path directory;

    private static SnapshotMessages.SnapshotFlags of(SnapshotRef snapshot, int flags) {
        return new SnapshotMessages.SnapshotFlags(snapshot, flags);
    }

    private static void assertRefused(ThrowingCallable call, int code, String part) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RpcException.Refused.class, refusal -> {
            assertThat(refusal.error().text()).contains(part);
            assertThat(refusal.error().code()).isEqualTo(code);
        });
    }

    private static SnapshotRef create(RpcClient client, DomainRef vm, String name, int flags) throws RpcException {
        String xml = "<domainsnapshot><name>%s</name></domainsnapshot>".formatted(name);
        return TestDaemon.call(
                client, LibvirtProgram.DOMAIN_SNAPSHOT_CREATE_XML, new SnapshotMessages.Create(vm, xml, flags));
    }

    private static List<String> list(RpcClient client, DomainRef vm, int flags) throws RpcException {
        return TestDaemon.call(
                        client, LibvirtProgram.DOMAIN_LIST_ALL_SNAPSHOTS, new SnapshotMessages.ListAll(vm, true, flags))
                .snapshots()
                .stream()
                .map(SnapshotRef::name)
                .toList();
    }

    @Test
    void snapshotsAreTakenListedGoneBackToAndDeleted() throws Exception {
        try (var daemon = TestDaemon.in(directory)) {
            RpcClient client = daemon.client();
            DomainRef vm = daemon.start(client, "vm");
            SnapshotRef s1 = create(client, vm, "s1", DISK_ONLY);
            SnapshotRef s2 = TestDaemon.call(
                    client,
                    VirtkeepProgram.SNAPSHOT_CREATE_XML2,
                    new VirtkeepMessages.SnapshotCreate(
                            vm,
                            "<domainsnapshot><name>s2</name></domainsnapshot>",
                            Optional.of("<domaincheckpoint><name>c2</name></domaincheckpoint>"),
                            DISK_ONLY));

            lists(client, vm, s1, s2);
            relations(client, vm, s1, s2);
            assertThat(TestDaemon.call(
                                    client,
                                    LibvirtProgram.DOMAIN_LIST_ALL_CHECKPOINTS,
                                    new CheckpointMessages.ListAll(vm, false, 0))
                            .count())
                    .isEqualTo(1);
            TestDaemon.call(client, LibvirtProgram.DOMAIN_SNAPSHOT_DELETE, of(s2, 0));
            assertThat(list(client, vm, 0)).containsExactly("s1");
            assertThat(TestDaemon.call(client, VirtkeepProgram.SNAPSHOT_GET_DELETE_PROGRESS, new DomainFlags(vm, 0)))
                    .isEmpty();

            TestDaemon.call(client, LibvirtProgram.DOMAIN_DESTROY, vm);
            TestDaemon.call(client, LibvirtProgram.DOMAIN_REVERT_TO_SNAPSHOT, of(s1, 2));
            assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_GET_STATE, new DomainFlags(vm, 0))
                            .state())
                    .as("paused, as the flag says")
                    .isEqualTo(3);
        }
    }

    private static void lists(RpcClient client, DomainRef vm, SnapshotRef s1, SnapshotRef s2) throws RpcException {
        assertThat(list(client, vm, 0)).containsExactly("s1", "s2");
        assertThat(list(client, vm, 1)).as("roots").containsExactly("s1");
        assertThat(list(client, vm, 4)).as("leaves").containsExactly("s2");
        assertThat(list(client, vm, 8)).as("no leaves").containsExactly("s1");
        assertThat(list(client, vm, 128 | 512 | 1024)).as("disk-only").containsExactly("s1", "s2");
        assertThat(list(client, vm, 256)).as("internal").isEmpty();
        assertThat(list(client, vm, 32)).as("inactive").isEmpty();
        assertThat(list(client, vm, 16)).as("without metadata").isEmpty();
        assertRefused(() -> list(client, vm, 2048), 8, "0x800");
        assertThat(TestDaemon.call(
                                client,
                                LibvirtProgram.DOMAIN_SNAPSHOT_LIST_NAMES,
                                new SnapshotMessages.ListNames(vm, 1, 0))
                        .names())
                .containsExactly("s1");
        assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_SNAPSHOT_NUM_CHILDREN, of(s1, 1)))
                .isEqualTo(1);
        assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_SNAPSHOT_NUM_CHILDREN, of(s2, 1)))
                .isZero();
    }

    private static void relations(RpcClient client, DomainRef vm, SnapshotRef s1, SnapshotRef s2) throws RpcException {
        assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_SNAPSHOT_CURRENT, new DomainFlags(vm, 0))
                        .name())
                .isEqualTo("s2");
        assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_SNAPSHOT_IS_CURRENT, of(s1, 0)))
                .isFalse();
        assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_SNAPSHOT_GET_PARENT, of(s2, 0))
                        .name())
                .isEqualTo("s1");
        assertRefused(() -> TestDaemon.call(client, LibvirtProgram.DOMAIN_SNAPSHOT_GET_PARENT, of(s1, 0)), 72, "'s1'");
        assertThat(TestDaemon.call(client, LibvirtProgram.DOMAIN_SNAPSHOT_GET_XML_DESC, of(s1, 0)))
                .contains("<state>disk-snapshot</state>");
        assertRefused(() -> create(client, vm, "s3", DISK_ONLY | 1), 74, "REDEFINE");
        assertRefused(() -> create(client, vm, "s3", DISK_ONLY | 1 << 12), 8, "0x1000");
        assertRefused(
                () -> TestDaemon.call(client, LibvirtProgram.DOMAIN_SNAPSHOT_DELETE, of(s1, 5)), 8, "CHILDREN_ONLY");
    }
}
