package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// Our client against a real libvirtd [libvirt 9.0]: its test driver, where domains live and die without QEMU, and
/// its QEMU driver where none is started.
@Tag("interop")
class LibvirtdIT {
    private static final String TEST_URI = "test:///default";

    private static PrivateLibvirtd libvirtd;

    @BeforeAll
    static void start() {
        libvirtd = PrivateLibvirtd.start();
    }

    @AfterAll
    static void stop() {
        if (libvirtd != null) {
            libvirtd.close();
        }
    }

    @Test
    void opensAndLearnsWhatThePeerCan() throws IOException {
        try (RpcClient client = libvirtd.connect()) {
            PeerFeatures features = LibvirtHandshake.open(client, TEST_URI, false, PrivateLibvirtd.deadline());
            assertThat(features).isEqualTo(new PeerFeatures(true, true, true, true, Optional.empty()));
            assertThat(call(client, LibvirtProgram.CONNECT_GET_TYPE, Nothing.NOTHING))
                    .isEqualTo("TEST");
            assertThat(call(client, LibvirtProgram.CONNECT_GET_URI, Nothing.NOTHING))
                    .isEqualTo(TEST_URI);
            assertThat(call(client, LibvirtProgram.CONNECT_GET_LIB_VERSION, Nothing.NOTHING))
                    .isGreaterThan(6_000_000);
            assertThat(call(client, LibvirtProgram.NODE_GET_INFO, Nothing.NOTHING)
                            .model())
                    .isEqualTo("i686");
            assertThat(call(client, LibvirtProgram.CONNECT_GET_CAPABILITIES, Nothing.NOTHING))
                    .contains("<capabilities>");
            call(client, LibvirtProgram.CONNECT_CLOSE, Nothing.NOTHING);
        }
    }

    @Test
    void listsDomainsAndReadsThem() throws IOException {
        try (RpcClient client = libvirtd.open(TEST_URI, false)) {
            var all = call(client, LibvirtProgram.CONNECT_LIST_ALL_DOMAINS, new DomainMessages.ListAll(true, 0));
            assertThat(all.domains()).extracting(DomainRef::name).contains("test");
            assertThat(all.count()).isEqualTo(all.domains().size());
            DomainRef domain = call(client, LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, "test");
            assertThat(call(client, LibvirtProgram.DOMAIN_LOOKUP_BY_UUID, domain.uuid()))
                    .isEqualTo(domain);
            assertThat(call(client, LibvirtProgram.DOMAIN_LOOKUP_BY_ID, domain.id()))
                    .isEqualTo(domain);
            assertThat(call(client, LibvirtProgram.DOMAIN_GET_INFO, domain).memoryKib())
                    .isPositive();
            String xml = call(client, LibvirtProgram.DOMAIN_GET_XML_DESC, new DomainMessages.DomainFlags(domain, 0));
            assertThat(xml).contains("<uuid>" + domain.uuid() + "</uuid>");
            var stats = call(
                    client,
                    LibvirtProgram.CONNECT_GET_ALL_DOMAIN_STATS,
                    new DomainMessages.AllStatsArgs(List.of(domain), 0, 0));
            assertThat(stats.stats()).hasSize(1);
            assertThat(TypedParameter.find(stats.stats().getFirst().parameters(), "state.state"))
                    .contains(new TypedParameter.Value.Int32(1));
        }
    }

    @Test
    void aDomainsWholeLifeIsToldByEvents() throws IOException, InterruptedException {
        try (RpcClient client = libvirtd.open(TEST_URI, false)) {
            EventQueue events = client.subscribe(100);
            int callback = call(
                    client,
                    LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY,
                    new DomainMessages.RegisterEvent(0, Optional.empty()));
            DomainRef domain = call(client, LibvirtProgram.DOMAIN_DEFINE_XML, domainXml("life"));
            assertThat(domain.id()).isEqualTo(DomainRef.NO_ID);
            call(client, LibvirtProgram.DOMAIN_CREATE, domain);
            call(client, LibvirtProgram.DOMAIN_SUSPEND, domain);
            assertThat(call(client, LibvirtProgram.DOMAIN_GET_STATE, new DomainMessages.DomainFlags(domain, 0)))
                    .isEqualTo(new DomainMessages.State(3, 1));
            call(client, LibvirtProgram.DOMAIN_RESUME, domain);
            call(client, LibvirtProgram.DOMAIN_DESTROY, domain);
            call(client, LibvirtProgram.DOMAIN_UNDEFINE_FLAGS, new DomainMessages.DomainFlags(domain, 0));

            var seen = new ArrayList<List<Integer>>();
            for (int i = 0; i < 6; i++) {
                var lifecycle = (GuestEvent.Lifecycle) arrived(events);
                assertThat(lifecycle.callbackId()).isEqualTo(callback);
                assertThat(lifecycle.domain().uuid()).isEqualTo(domain.uuid());
                seen.add(List.of(lifecycle.event(), lifecycle.detail()));
            }
            assertThat(seen)
                    .as("defined, started, suspended, resumed, stopped by destroy, undefined")
                    .containsExactly(
                            List.of(0, 0), List.of(2, 0), List.of(3, 0), List.of(4, 0), List.of(5, 1), List.of(1, 0));
            call(client, LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY, callback);
        }
    }

    @Test
    void readsACheckpointTree() throws IOException {
        try (RpcClient client = libvirtd.open(TEST_URI, false)) {
            DomainRef domain = call(client, LibvirtProgram.DOMAIN_DEFINE_XML, domainXml("points"));
            call(client, LibvirtProgram.DOMAIN_CREATE, domain);
            CheckpointRef first = call(
                    client,
                    LibvirtProgram.DOMAIN_CHECKPOINT_CREATE_XML,
                    new CheckpointMessages.Create(domain, "<domaincheckpoint><name>one</name></domaincheckpoint>", 0));
            CheckpointRef second = call(
                    client,
                    LibvirtProgram.DOMAIN_CHECKPOINT_CREATE_XML,
                    new CheckpointMessages.Create(domain, "<domaincheckpoint><name>two</name></domaincheckpoint>", 0));
            assertThat(call(
                                    client,
                                    LibvirtProgram.DOMAIN_LIST_ALL_CHECKPOINTS,
                                    new CheckpointMessages.ListAll(domain, true, 0))
                            .checkpoints())
                    .extracting(CheckpointRef::name)
                    .containsExactlyInAnyOrder("one", "two");
            assertThat(call(
                                    client,
                                    LibvirtProgram.DOMAIN_CHECKPOINT_GET_PARENT,
                                    new CheckpointMessages.CheckpointFlags(second, 0))
                            .name())
                    .isEqualTo("one");
            assertRefused(
                    103,
                    12,
                    () -> call(
                            client,
                            LibvirtProgram.DOMAIN_CHECKPOINT_GET_PARENT,
                            new CheckpointMessages.CheckpointFlags(first, 0)));
            assertThat(call(
                            client,
                            LibvirtProgram.DOMAIN_CHECKPOINT_GET_XML_DESC,
                            new CheckpointMessages.CheckpointFlags(second, 2)))
                    .contains("<parent>");
        }
    }

    @Test
    void readsASnapshotTree() throws IOException {
        try (RpcClient client = libvirtd.open(TEST_URI, false)) {
            DomainRef domain = call(client, LibvirtProgram.DOMAIN_DEFINE_XML, domainXml("snapshots"));
            call(client, LibvirtProgram.DOMAIN_CREATE, domain);
            SnapshotRef snapshot = call(
                    client,
                    LibvirtProgram.DOMAIN_SNAPSHOT_CREATE_XML,
                    new SnapshotMessages.Create(domain, "<domainsnapshot><name>s</name></domainsnapshot>", 0));
            assertThat(call(client, LibvirtProgram.DOMAIN_SNAPSHOT_CURRENT, new DomainMessages.DomainFlags(domain, 0)))
                    .isEqualTo(snapshot);
        }
    }

    @Test
    void refusalsHaveLibvirtsCodesAndDomains() throws IOException {
        try (RpcClient client = libvirtd.open("qemu:///session", false)) {
            var nobody = new DomainRef("nobody", new UUID(1, 2), DomainRef.NO_ID);
            RpcException.Refused lookup =
                    assertRefused(42, 10, () -> call(client, LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, "nobody"));
            assertThat(lookup.toVirtException().code()).isEqualTo(ErrorCode.NO_DOMAIN);
            assertThat(lookup.toVirtException().domain()).isEqualTo(ErrorDomain.QEMU);
            assertThat(lookup.toVirtException()).hasMessage("no domain with matching name 'nobody'");
            assertRefused(42, 10, () -> call(client, LibvirtProgram.DOMAIN_GET_INFO, nobody));
            assertRefused(
                    42,
                    10,
                    () -> call(
                            client,
                            LibvirtProgram.DOMAIN_BACKUP_BEGIN,
                            new BackupMessages.Begin(nobody, "<domainbackup/>", Optional.empty(), 0)));
            RpcException.Refused program =
                    assertRefused(39, 7, () -> call(client, VirtkeepProgram.CONNECT_GET_SERVER, Nothing.NOTHING));
            assertThat(program.error().isUnknownProgram()).isTrue();
            assertThat(call(client, LibvirtProgram.CONNECT_GET_TYPE, Nothing.NOTHING))
                    .isEqualTo("QEMU");
        }
    }

    @Test
    void everyProcedureIsLaidOutAsLibvirtdReadsIt() throws IOException {
        try (RpcClient client = libvirtd.open(TEST_URI, false)) {
            var plain = RandomRecords.about(call(client, LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, "test"));
            var answered = new HashMap<Boolean, Integer>();
            for (Procedure<?, ?> procedure : LibvirtProgram.PROGRAM.procedures()) {
                if (procedure.allowedReadOnly() && !belongsToTheHandshake(procedure)) {
                    answered.merge(isUnderstood(client, procedure, plain), 1, Integer::sum);
                }
            }
            assertThat(answered.get(true)).as("replies that were read").isGreaterThan(35);
        }
    }

    @Test
    void theTableKnowsWhatAReadOnlyConnectionMayCall() throws IOException {
        try (RpcClient client = libvirtd.open(TEST_URI, true)) {
            var plain = RandomRecords.about(call(client, LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, "test"));
            for (Procedure<?, ?> procedure : LibvirtProgram.PROGRAM.procedures()) {
                if (!belongsToTheHandshake(procedure)) {
                    assertThat(refusedReadOnly(client, procedure, plain))
                            .as(procedure.name())
                            .isEqualTo(!procedure.allowedReadOnly());
                }
            }
        }
    }

    @Test
    void fiveCallsAreInFlightAndTheirRepliesComeInAnyOrder() throws Exception {
        try (RpcClient client = libvirtd.open(TEST_URI, false)) {
            var threads = new ArrayList<Thread>();
            var answers = new ConcurrentHashMap<Integer, String>();
            for (int i = 0; i < 40; i++) {
                int number = i;
                threads.add(Thread.startVirtualThread(() -> {
                    try {
                        answers.put(
                                number,
                                call(client, LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, "test")
                                        .name());
                    } catch (RpcException e) {
                        answers.put(number, e.toString());
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(answers).hasSize(40);
            assertThat(answers.values()).containsOnly("test");
        }
    }

    @Test
    void libvirtdAnswersOurPings() throws IOException, InterruptedException {
        try (RpcClient client = libvirtd.open(TEST_URI, false)) {
            client.startKeepAlive(new KeepAlive(Duration.ofMillis(100), 20));
            EventQueue events = client.subscribe(1);
            assertThat(events.next(Deadline.inMillis(3_000))).isEmpty();
            assertThat(client.ended()).isEmpty();
        }
    }

    private interface Call {
        Object run() throws RpcException;
    }

    private static RpcException.Refused assertRefused(int code, int domain, Call call) {
        var caught = new ArrayList<RpcException.Refused>();
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(RpcException.Refused.class, caught::add)
                .asInstanceOf(InstanceOfAssertFactories.type(RpcException.Refused.class))
                .satisfies(refused -> assertThat(
                                List.of(refused.error().code(), refused.error().domain()))
                        .as(refused.getMessage())
                        .isEqualTo(List.of(code, domain)));
        return caught.getFirst();
    }

    private static <A, R> R call(RpcClient client, Procedure<A, R> procedure, A arguments) throws RpcException {
        return client.call(procedure, arguments, PrivateLibvirtd.deadline());
    }

    /// Would change the connection itself.
    private static boolean belongsToTheHandshake(Procedure<?, ?> procedure) {
        return procedure.name().startsWith("AUTH_")
                || procedure == LibvirtProgram.CONNECT_OPEN
                || procedure == LibvirtProgram.CONNECT_CLOSE;
    }

    /// @return true if the reply was read, false if libvirtd understood the call and refused it
    private static boolean isUnderstood(RpcClient client, Procedure<?, ?> procedure, RandomRecords plain)
            throws RpcException {
        try {
            callPlainly(client, procedure, plain);
            return true;
        } catch (RpcException.Refused e) {
            assertThat(e.error().code()).as("%s: %s", procedure, e.getMessage()).isNotEqualTo(39);
            return false;
        }
    }

    private static boolean refusedReadOnly(RpcClient client, Procedure<?, ?> procedure, RandomRecords plain)
            throws RpcException {
        try {
            callPlainly(client, procedure, plain);
            return false;
        } catch (RpcException.Refused e) {
            if (e.error().code() != ErrorCode.OPERATION_DENIED.wireValue()) {
                return false;
            }
            assertThatThrownBy(() -> RpcDispatcher.refuseChanges(procedure))
                    .isInstanceOfSatisfying(
                            VirtException.class,
                            ours -> assertThat(WireError.of(ours))
                                    .usingRecursiveComparison()
                                    .ignoringFields("first") // a template, which versions of libvirt write differently
                                    .isEqualTo(e.error()));
            return true;
        }
    }

    private static <A> void callPlainly(RpcClient client, Procedure<A, ?> procedure, RandomRecords plain)
            throws RpcException {
        call(client, procedure, EveryProcedure.arguments(procedure, plain));
    }

    private static EventMessage arrived(EventQueue events) throws InterruptedException {
        return switch (events.next(PrivateLibvirtd.deadline()).orElseThrow()) {
            case EventQueue.Item.Arrived(EventMessage event) -> event;
            case EventQueue.Item.Lost() -> throw new AssertionError("events lost");
            case EventQueue.Item.Ended(RpcException.Disconnected cause) -> throw new AssertionError(cause);
        };
    }

    private static String domainXml(String name) {
        return """
                <domain type='test'>
                  <name>%s</name>
                  <memory unit='KiB'>8192</memory>
                  <os><type>hvm</type></os>
                  <devices>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='qcow2'/>
                      <source file='/nowhere/disk.qcow2'/>
                      <target dev='vda' bus='virtio'/>
                    </disk>
                  </devices>
                </domain>
                """.formatted(name);
    }
}
