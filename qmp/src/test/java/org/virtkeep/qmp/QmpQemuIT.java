package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;

/// Connections to a real QEMU: what it tells, how it ends, who gets its one slot.
@Tag("qemu")
@Timeout(120)
class QmpQemuIT {

    @TempDir
    private Path directory;

    private static Deadline soon() {
        return Deadline.inMillis(30_000);
    }

    @Test
    void allQueriesAreUnderstood() throws Exception {
        try (var qemu = QemuProcess.start(directory, 1);
                var monitor = qemu.connect(0)) {
            assertThat(monitor.execute(new QueryVersion(), soon()))
                    .isEqualTo(monitor.greeting().version());
            assertThat(monitor.execute(new QueryStatus(), soon())).isEqualTo(new VmStatus(false, RunState.PRELAUNCH));
            assertThat(monitor.execute(new QueryName(), soon())).contains("vm1");
            assertThat(monitor.execute(new QueryUuid(), soon()).getMostSignificantBits())
                    .isZero();
            assertThat(monitor.execute(new QueryJobs(), soon())).isEmpty();
            assertThat(monitor.execute(new QueryBlockJobs(), soon())).isEmpty();
            assertThat(monitor.execute(new QueryBlockExports(), soon())).isEmpty();
            assertThat(monitor.execute(new QueryChardev(), soon()))
                    .extracting(CharacterDevice::label, CharacterDevice::frontendOpen)
                    .containsExactly(tuple("qmp0", true));
            assertThat(monitor.execute(new QueryCpusFast(), soon()))
                    .extracting(CpuInfo::index)
                    .containsExactly(0);
            assertThat(monitor.execute(new QueryIothreads(), soon()))
                    .extracting(IothreadInfo::id)
                    .containsExactly("io0");
            assertThat(monitor.execute(new QomList("/machine/peripheral"), soon()))
                    .extracting(QomProperty::name)
                    .contains("vdad", "vdbd");
            assertThat(monitor.execute(new QomGet("/machine/peripheral/vdad", "drive"), soon())
                            .textValue())
                    .isEqualTo("vda");
            assertThat(monitor.execute(new HumanMonitorCommand("info status"), soon()))
                    .contains("prelaunch");
            assertThat(monitor.execute(new QueryQmpSchema(), soon()).hasCommand("blockdev-backup"))
                    .isTrue();
        }
    }

    @Test
    void theBlockGraphIsUnderstood() throws Exception {
        try (var qemu = QemuProcess.start(directory, 1);
                var monitor = qemu.connect(0)) {
            BlockBackend disk = monitor.execute(new QueryBlock(), soon()).getFirst();
            assertThat(disk.device()).isEmpty();
            assertThat(disk.qdev()).contains("/machine/peripheral/vdad/virtio-backend");
            assertThat(disk.ioStatus()).contains(IoStatus.OK);
            BlockNode top = disk.inserted().orElseThrow();
            assertThat(top.name()).isEqualTo("vda");
            assertThat(top.image().virtualSizeBytes()).isEqualTo(QemuProcess.DISK_BYTES);
            assertThat(top.image().clusterSizeBytes()).contains(65536L);

            assertThat(monitor.execute(new QueryNamedBlockNodes(), soon()))
                    .extracting(BlockNode::name)
                    .containsExactlyInAnyOrder("vda", "vda-f", "vdb", "vdb-f");

            NodeGraph graph = monitor.execute(new QueryBlockGraph(), soon());
            NodeGraph.Vertex node = graph.node("vda").orElseThrow();
            NodeGraph.Edge down = graph.below(node).getFirst();
            assertThat(down.role()).isEqualTo("file");
            assertThat(graph.vertex(down.child()).orElseThrow().name()).isEqualTo("vda-f");
            assertThat(down.permissions()).contains("write");
            assertThat(graph.vertex(graph.above(node).getFirst().parent())
                            .orElseThrow()
                            .kind())
                    .isEqualTo(NodeGraph.Kind.BLOCK_BACKEND);
        }
    }

    @Test
    void bothMonitorsServeAndGetAllEvents() throws Exception {
        try (var qemu = QemuProcess.start(directory, 2);
                var first = qemu.connect(0);
                var second = qemu.connect(1);
                var eventsOfFirst = first.subscribe();
                var eventsOfSecond = second.subscribe()) {
            first.execute(new ContinueVm(), soon());
            assertThat(second.execute(new QueryStatus(), soon())).isEqualTo(new VmStatus(true, RunState.RUNNING));
            second.execute(new StopVm(), soon());
            assertThat(first.execute(new QueryStatus(), soon())).isEqualTo(new VmStatus(false, RunState.PAUSED));

            for (QmpSubscription events : List.of(eventsOfFirst, eventsOfSecond)) {
                assertThat(events.next(soon()).orElseThrow().name()).isEqualTo("RESUME");
                assertThat(events.next(soon()).orElseThrow().name()).isEqualTo("STOP");
            }
        }
    }

    @Test
    void aMonitorInUseTimesOutAndServesWhenItIsFree() throws Exception {
        try (var qemu = QemuProcess.start(directory, 1)) {
            QmpConnection holder = qemu.connect(0);
            for (int i = 0; i < 4; i++) { // the later ones find the listen queue full
                assertThatThrownBy(() -> QmpConnection.connect(qemu.socket(0), Deadline.inMillis(100)))
                        .isInstanceOf(QmpException.TimedOut.class)
                        .hasMessageContaining("in use by another client");
            }
            var waiting = Background.run(
                    () -> QmpConnection.connect(qemu.socket(0), soon()).close());
            holder.execute(new QueryStatus(), soon());
            holder.close();
            waiting.join();
            try (QmpConnection next = qemu.connect(0)) {
                next.execute(new QueryStatus(), soon());
            }
        }
    }

    @Test
    void whatADeadClientLeftBehindIsNotTakenForOurAnswer() throws Exception {
        try (var qemu = QemuProcess.start(directory, 1)) {
            qemu.connect(0).close();
            for (int round = 0; round < 50; round++) {
                dieDuringACommand(qemu.socket(0));
                try (QmpConnection monitor = qemu.connect(0)) {
                    assertThat(monitor.execute(new QueryName(), soon())).contains("vm1");
                }
            }
        }
    }

    private static void dieDuringACommand(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.read(ByteBuffer.allocate(1000));
            String commands = "{\"execute\": \"qmp_capabilities\"}\n{\"execute\": \"query-qmp-schema\", \"id\": 1}\n";
            channel.write(ByteBuffer.wrap(commands.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void aKilledQemuFailsAllWaitingCallsAtOnce() throws Exception {
        try (var qemu = QemuProcess.start(directory, 1);
                var monitor = qemu.connect(0);
                var events = monitor.subscribe()) {
            qemu.signal("STOP");
            List<Background> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                calls.add(Background.run(() -> monitor.execute(new QueryStatus(), Deadline.in(Duration.ofDays(1)))));
            }
            qemu.signal("KILL");
            for (Background call : calls) {
                assertThat(call.failure()).isInstanceOf(QmpException.Disconnected.class);
            }
            assertThat(events.next(soon())).isEmpty();
            assertThat(events.end()).containsInstanceOf(QmpSubscription.End.Disconnected.class);
            assertThat(monitor.isOpen()).isFalse();
        }
    }

    @Test
    void aQemuThatStallsCostsTheDeadlineAndServesAgainLater() throws Exception {
        try (var qemu = QemuProcess.start(directory, 1);
                var monitor = qemu.connect(0)) {
            qemu.signal("STOP");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> monitor.execute(new QueryName(), Deadline.inMillis(50)))
                        .isInstanceOf(QmpException.TimedOut.class);
            }
            qemu.signal("CONT");
            assertThat(monitor.execute(new QueryStatus(), soon()).state()).isEqualTo(RunState.PRELAUNCH);
        }
    }

    @Test
    void quitEndsQemuAndTheSession() throws Exception {
        try (var qemu = QemuProcess.start(directory, 1);
                var monitor = qemu.connect(0);
                var events = monitor.subscribe()) {
            try {
                monitor.execute(new QuitQemu(), soon());
            } catch (QmpException.Disconnected e) {
                assertThat(monitor.isOpen()).isFalse(); // the answer was lost in the end of the connection
            }
            assertThat(qemu.awaitEnd()).isTrue();
            List<String> names = new ArrayList<>();
            for (Optional<QmpEvent> event = events.next(soon()); event.isPresent(); event = events.next(soon())) {
                names.add(event.get().name());
            }
            assertThat(names).contains("SHUTDOWN");
            assertThat(events.end()).containsInstanceOf(QmpSubscription.End.Disconnected.class);
        }
    }

    @Test
    void namesMayHoldAnyCharacterThatQemuAccepts() throws Exception {
        String name = "grün 漢字 \uD83D\uDE00 \"'\\/\u0001\u007f\u2028\u0000 end";
        try (var qemu = QemuProcess.start(directory, 1);
                var monitor = qemu.connect(0)) {
            monitor.execute(AddBitmap.temporary("vda", name), soon());
            assertThat(node(monitor, "vda").bitmap(name)).isPresent();
        }
    }

    @Test
    void aRefusalLeavesTheSessionUsable() throws Exception {
        try (var qemu = QemuProcess.start(directory, 1);
                var monitor = qemu.connect(0)) {
            assertThatThrownBy(() -> monitor.execute(new CancelJob("none"), soon()))
                    .isInstanceOfSatisfying(
                            QmpException.Refused.class,
                            refusal -> assertThat(refusal.command()).isEqualTo("job-cancel"));
            assertThat(monitor.execute(new QueryStatus(), soon()).running()).isFalse();
        }
    }

    @Test
    void theStorageDaemonIsAMonitorToo() throws Exception {
        try (var daemon = QemuProcess.startStorageDaemon(directory);
                var monitor = daemon.connect(0)) {
            monitor.execute(new AddNode(NodeOptions.of("null-co", "n").with("size", 1 << 20)), soon());
            assertThat(node(monitor, "n").image().virtualSizeBytes()).isEqualTo(1 << 20);
            monitor.execute(new RemoveNode("n"), soon());
            assertThat(monitor.execute(new QueryNamedBlockNodes(), soon())).isEmpty();
            assertThatThrownBy(() -> monitor.execute(new HumanMonitorCommand("info"), soon()))
                    .isInstanceOfSatisfying(
                            QmpException.Refused.class,
                            refusal -> assertThat(refusal.errorClass()).isEqualTo("CommandNotFound"));
        }
    }

    private static BlockNode node(QmpMonitor monitor, String name) throws QmpException {
        return monitor.execute(new QueryNamedBlockNodes(), soon()).stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
