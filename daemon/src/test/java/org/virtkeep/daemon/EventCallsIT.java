package org.virtkeep.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.model.Deadline;
import org.virtkeep.rpc.AgentMessages;
import org.virtkeep.rpc.BackupEnded;
import org.virtkeep.rpc.BackupMessages;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.DiskEvent;
import org.virtkeep.rpc.DomainMessages.DomainFlags;
import org.virtkeep.rpc.DomainMessages.RegisterEvent;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.EventMessage;
import org.virtkeep.rpc.EventQueue;
import org.virtkeep.rpc.GuestEvent;
import org.virtkeep.rpc.JobEvent;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.QemuProgram;
import org.virtkeep.rpc.RecordMessages;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcException;
import org.virtkeep.rpc.TypedParameter;
import org.virtkeep.rpc.VirtkeepProgram;
import org.virtkeep.testkit.Await;

/// Who is told of what, and in which order.
@Tag("qemu")
final class EventCallsIT {
    private static final int LIFECYCLE = 0;
    private static final int REBOOT = 1;
    private static final int BLOCK_JOB = 8;
    private static final int BLOCK_JOB_2 = 16;
    private static final int JOB_COMPLETED = 21;

    @TempDir
    private Path directory;

    private TestDaemon daemon;
    private RpcClient client;
    private EventQueue events;

    @BeforeEach
    void start() throws IOException {
        daemon = TestDaemon.in(directory);
        client = daemon.client();
        events = client.subscribe(100);
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private static int register(RpcClient by, int eventId, Optional<DomainRef> domain) throws RpcException {
        return TestDaemon.call(
                by, LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, new RegisterEvent(eventId, domain));
    }

    private static void deregister(RpcClient by, int callbackId) throws RpcException {
        TestDaemon.call(by, LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY, callbackId);
    }

    private static EventMessage next(EventQueue queue) throws InterruptedException {
        var item = queue.next(TestDaemon.LIMIT_OF_TEST).orElseThrow();
        assertThat(item).isInstanceOf(EventQueue.Item.Arrived.class);
        return ((EventQueue.Item.Arrived) item).event();
    }

    @Test
    void aPushIsToldDiskByDiskAndItsEndLast() throws Exception {
        DomainRef vm = daemon.start(client, "vm");
        for (int id : List.of(JOB_COMPLETED, BLOCK_JOB_2, BLOCK_JOB)) {
            register(client, id, Optional.empty());
        }
        TestDaemon.call(client, VirtkeepProgram.BACKUP_EVENT_REGISTER, Optional.of(vm));
        String xml = """
                <domainbackup><disks>
                  <disk name='vda' backup='yes' type='file'><target file='%1$s/a'/></disk>
                  <disk name='vdb' backup='yes' type='file'><target file='%1$s/b'/></disk>
                </disks></domainbackup>""".formatted(directory);
        TestDaemon.call(
                client, LibvirtProgram.DOMAIN_BACKUP_BEGIN, new BackupMessages.Begin(vm, xml, Optional.empty(), 0));

        var told = new ArrayList<String>();
        for (int i = 0; i < 6; i++) {
            told.add(words(next(events)));
        }

        assertThat(told)
                .containsExactly(
                        "block job 5 status 0 of " + daemon.image("vda"),
                        "block job 5 status 0 of vda",
                        "block job 5 status 0 of " + daemon.image("vdb"),
                        "block job 5 status 0 of vdb",
                        "job completed success Bool[value=true]",
                        "backup 1 ended COMPLETED");
    }

    private static String words(EventMessage message) {
        return switch (message) {
            case DiskEvent.BlockJob job ->
                "block job %d status %d of %s".formatted(job.type(), job.status(), job.path());
            case DiskEvent.BlockJob2 job ->
                "block job %d status %d of %s".formatted(job.type(), job.status(), job.target());
            case JobEvent.JobCompleted job ->
                "job completed success "
                        + TypedParameter.find(job.parameters(), "success").orElseThrow();
            case BackupEnded ended ->
                "backup %d ended %s".formatted(ended.job().id(), ended.job().state());
            case GuestEvent.Lifecycle it -> "%s %d/%d".formatted(it.domain().name(), it.event(), it.detail());
            default -> message.toString();
        };
    }

    @Test
    void aDomainsLifeIsToldWithLibvirtsNumbersAndIds() throws Exception {
        register(client, LIFECYCLE, Optional.empty());

        DomainRef vm = daemon.start(client, "vm");
        TestDaemon.call(client, LibvirtProgram.DOMAIN_RESUME, vm);
        TestDaemon.call(client, LibvirtProgram.DOMAIN_DESTROY, vm);
        TestDaemon.call(client, LibvirtProgram.DOMAIN_UNDEFINE, vm);

        var told = new ArrayList<String>();
        var ids = new ArrayList<Integer>();
        for (int i = 0; i < 6; i++) {
            var event = (GuestEvent.Lifecycle) next(events);
            assertThat(event.domain().uuid()).isEqualTo(vm.uuid());
            told.add(words(event));
            ids.add(event.domain().id());
        }
        assertThat(told).containsExactly("vm 0/0", "vm 2/0", "vm 3/0", "vm 4/0", "vm 5/1", "vm 1/0");
        assertThat(ids.getLast()).isEqualTo(DomainRef.NO_ID);
        assertThat(ids.get(4)).isEqualTo(DomainRef.NO_ID);
    }

    @Test
    void nobodyIsToldOfWhatHappenedBeforeTheRegistration() throws Exception {
        for (int round = 0; round < 30; round++) {
            DomainRef vm = daemon.define(client, "vm");
            int id = register(client, LIFECYCLE, Optional.empty());
            TestDaemon.call(client, LibvirtProgram.DOMAIN_UNDEFINE, vm);
            assertThat(words((GuestEvent.Lifecycle) next(events))).isEqualTo("vm 1/0");
            deregister(client, id);
        }
    }

    @Test
    void registrationsFollowLibvirtsRules() throws Exception {
        DomainRef vm = daemon.define(client, "vm");
        int ofAll = register(client, LIFECYCLE, Optional.empty());
        int ofOne = register(client, LIFECYCLE, Optional.of(vm));
        RpcClient other = daemon.client();
        EventQueue othersEvents = other.subscribe(100);
        int others = register(other, LIFECYCLE, Optional.of(new DomainRef("x", java.util.UUID.randomUUID(), -1)));

        assertRefused(() -> register(client, LIFECYCLE, Optional.of(vm)), 8, "event callback already tracked");
        assertRefused(() -> register(client, 99, Optional.empty()), 1, "unsupported event ID 99");
        assertRefused(() -> deregister(client, others), 1, "not registered");
        assertRefused(
                () -> TestDaemon.call(client, VirtkeepProgram.BACKUP_EVENT_DEREGISTER, ofAll), 1, "not registered");

        TestDaemon.call(client, LibvirtProgram.DOMAIN_CREATE, vm);
        assertThat(List.of(callbackId(next(events)), callbackId(next(events)))).containsExactly(ofAll, ofOne);
        assertThat(List.of(callbackId(next(events)), callbackId(next(events)))).containsExactly(ofAll, ofOne);

        deregister(client, ofAll);
        deregister(other, others);
        register(other, LIFECYCLE, Optional.empty());
        TestDaemon.call(client, LibvirtProgram.DOMAIN_DESTROY, vm);
        assertThat(words(next(othersEvents))).as("the first it is told").isEqualTo("vm 5/1");
        assertThat(callbackId(next(events))).isEqualTo(ofOne);
    }

    private static int callbackId(EventMessage message) {
        return ((GuestEvent.Lifecycle) message).callbackId();
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, int code, String part) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RpcException.Refused.class, refusal -> {
            assertThat(refusal.error().text()).contains(part);
            assertThat(refusal.error().code()).isEqualTo(code);
        });
    }

    @Test
    void whoComesBackAfterARestartHearsWhatEndedMeanwhile() throws Exception {
        DomainRef vm = daemon.start(client, "vm");
        register(client, LIFECYCLE, Optional.empty());
        TestDaemon.call(client, LibvirtProgram.DOMAIN_RESUME, vm);
        assertThat(words(next(events))).isEqualTo("vm 4/0");
        long last = TestDaemon.call(client, VirtkeepProgram.RECORD_GET_LAST, Nothing.NOTHING);

        daemon.stop();
        try (Connection driver = daemon.driver()) {
            driver.domain("vm").destroy();
        }
        daemon.startAgain();
        RpcClient again = daemon.client();
        EventQueue heard = again.subscribe(100);
        register(again, LIFECYCLE, Optional.of(vm));

        assertThat(words(next(heard))).isEqualTo("vm 5/1");
        assertThat(TestDaemon.call(again, VirtkeepProgram.RECORD_WAIT, new RecordMessages.Wait(last, 0))
                        .events())
                .extracting(event -> event.what())
                .containsExactly(new RecordMessages.What.Lifecycle(5, "destroyed"));
    }

    @Test
    void whatQemuTellsIsToldAtOnce() throws Exception {
        register(client, REBOOT, Optional.empty());
        DomainRef vm = daemon.start(client, "vm");

        Await.until("a reset is told", TestDaemon.LIMIT_OF_TEST.remaining(), () -> {
            TestDaemon.call(client, LibvirtProgram.DOMAIN_RESET, new DomainFlags(vm, 0));
            return events.next(Deadline.in(Duration.ofMillis(500)))
                    .filter(item -> item instanceof EventQueue.Item.Arrived(GuestEvent.Reboot reboot)
                            && reboot.domain().equals(vm))
                    .isPresent();
        });
        assertThat(TestDaemon.call(client, VirtkeepProgram.RECORD_WAIT, new RecordMessages.Wait(3, 10_000))
                        .events())
                .extracting(RecordMessages.Event::what)
                .contains(new RecordMessages.What.Notice(1, "", "", 0));
    }

    @Test
    void aWriteBeyondAThresholdIsTold() throws Exception {
        int blockThreshold = 24;
        register(client, blockThreshold, Optional.empty());
        DomainRef vm = daemon.start(client, "vm");
        String write = "qemu-io -d /machine/peripheral/vda/virtio-backend \"write 8M 64k\"";

        Await.until("it is told", TestDaemon.LIMIT_OF_TEST.remaining(), () -> {
            TestDaemon.call(
                    client,
                    LibvirtProgram.DOMAIN_SET_BLOCK_THRESHOLD,
                    new BlockMessages.ThresholdArgs(vm, "vda", 65_536, 0));
            TestDaemon.call(client, QemuProgram.DOMAIN_MONITOR_COMMAND, new AgentMessages.MonitorCommand(vm, write, 1));
            return events.next(Deadline.in(Duration.ofMillis(500)))
                    .filter(item -> item instanceof EventQueue.Item.Arrived(DiskEvent.BlockThreshold told)
                            && told.device().equals("vda")
                            && told.thresholdBytes() == 65_536)
                    .isPresent();
        });
    }

    @Test
    void theRecordIsWaitedForAndReadOnce() throws Exception {
        long last = TestDaemon.call(client, VirtkeepProgram.RECORD_GET_LAST, Nothing.NOTHING);
        var waiting = new java.util.concurrent.FutureTask<>(
                () -> TestDaemon.call(client, VirtkeepProgram.RECORD_WAIT, new RecordMessages.Wait(last, 30_000)));
        Thread.ofVirtual().start(waiting);

        daemon.define(daemon.client(), "vm");

        assertThat(waiting.get().events())
                .extracting(RecordMessages.Event::domain, RecordMessages.Event::what)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("vm", new RecordMessages.What.Lifecycle(0, "added")));
    }
}
