package org.virtkeep.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.rpc.AgentMessages;
import org.virtkeep.rpc.BlockMessages;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainMessages.DomainFlags;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.Procedure;
import org.virtkeep.rpc.QemuProgram;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcException;
import org.virtkeep.rpc.TypedParameter;
import org.virtkeep.testkit.Await;

/// Domains, their disks and their host as clients of the daemon meet them.
@Tag("qemu")
final class DomainCallsIT {
    private static final int INVALID_ARG = 8;
    private static final int OPERATION_DENIED = 29;
    private static final int NO_DOMAIN = 42;
    private static final int OPERATION_INVALID = 55;
    private static final int ARGUMENT_UNSUPPORTED = 74;
    private static final int NO_METADATA = 80;

    private static final int RUNNING = 1;
    private static final int PAUSED = 3;
    private static final int SHUTOFF = 5;
    private static final int START_PAUSED_AND_AUTODESTROY = 3;

    @TempDir
    private Path directory;

    private TestDaemon daemon;
    private RpcClient client;
    private DomainRef vm;

    @BeforeEach
    void start() throws IOException {
        daemon = TestDaemon.in(directory);
        client = daemon.client();
        vm = daemon.define(client, "vm");
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private <A, R> R call(Procedure<A, R> procedure, A arguments) throws RpcException {
        return TestDaemon.call(client, procedure, arguments);
    }

    private DomainMessages.State state() throws RpcException {
        return call(LibvirtProgram.DOMAIN_GET_STATE, new DomainFlags(vm, 0));
    }

    private static void assertRefused(ThrowingCallable call, int code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RpcException.Refused.class,
                        refusal -> assertThat(refusal.error().code())
                                .as(refusal.error().text())
                                .isEqualTo(code));
    }

    @Test
    void aLifeHasLibvirtsStatesAndReasons() throws IOException {
        assertThat(state()).isEqualTo(new DomainMessages.State(SHUTOFF, 0));
        call(LibvirtProgram.DOMAIN_CREATE, vm);
        assertThat(state()).isEqualTo(new DomainMessages.State(RUNNING, 1));
        call(LibvirtProgram.DOMAIN_SUSPEND, vm);
        assertThat(state()).isEqualTo(new DomainMessages.State(PAUSED, 1));
        call(LibvirtProgram.DOMAIN_RESUME, vm);
        assertThat(state()).isEqualTo(new DomainMessages.State(RUNNING, 5));
        assertRefused(() -> call(LibvirtProgram.DOMAIN_RESUME, vm), OPERATION_INVALID);
        call(LibvirtProgram.DOMAIN_RESET, new DomainFlags(vm, 0));
        call(LibvirtProgram.DOMAIN_REBOOT, new DomainFlags(vm, 1));
        call(LibvirtProgram.DOMAIN_SHUTDOWN_FLAGS, new DomainFlags(vm, 0));
        DomainMessages.Info info = call(LibvirtProgram.DOMAIN_GET_INFO, vm);
        assertThat(info.maximumMemoryKib()).isEqualTo(64 << 10);
        assertThat(info.cpuNanoseconds()).isPositive();
        call(LibvirtProgram.DOMAIN_DESTROY_FLAGS, new DomainFlags(vm, 1));
        assertThat(state()).isEqualTo(new DomainMessages.State(SHUTOFF, 2));
        assertThat(call(LibvirtProgram.DOMAIN_HAS_MANAGED_SAVE_IMAGE, new DomainFlags(vm, 0)))
                .isFalse();
        call(LibvirtProgram.DOMAIN_UNDEFINE_FLAGS, new DomainFlags(vm, 1 + 2 + 8 + 16));
        assertRefused(() -> call(LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, "vm"), NO_DOMAIN);
    }

    @Test
    void unknownFlagsAreRefusedEverywhere() throws IOException {
        int unknown = 1 << 20;
        List<Procedure<DomainFlags, ?>> all = List.of(
                LibvirtProgram.DOMAIN_GET_STATE,
                LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS,
                LibvirtProgram.DOMAIN_DESTROY_FLAGS,
                LibvirtProgram.DOMAIN_SHUTDOWN_FLAGS,
                LibvirtProgram.DOMAIN_REBOOT,
                LibvirtProgram.DOMAIN_RESET,
                LibvirtProgram.DOMAIN_UNDEFINE_FLAGS,
                LibvirtProgram.DOMAIN_GET_XML_DESC,
                LibvirtProgram.DOMAIN_GET_VCPUS_FLAGS,
                LibvirtProgram.DOMAIN_GET_CONTROL_INFO,
                LibvirtProgram.DOMAIN_GET_MESSAGES,
                LibvirtProgram.DOMAIN_HAS_MANAGED_SAVE_IMAGE,
                LibvirtProgram.DOMAIN_GET_FSINFO,
                LibvirtProgram.DOMAIN_GET_TIME,
                LibvirtProgram.DOMAIN_GET_HOSTNAME);
        for (Procedure<DomainFlags, ?> procedure : all) {
            assertRefused(() -> call(procedure, new DomainFlags(vm, unknown)), INVALID_ARG);
        }
        assertThat(state().state()).isEqualTo(SHUTOFF);
    }

    @Test
    void aDomainEndsWithTheClientThatWantedItSo() throws IOException {
        RpcClient other = daemon.client();
        DomainRef started = TestDaemon.call(
                other, LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS, new DomainFlags(vm, START_PAUSED_AND_AUTODESTROY));
        assertThat(started.id()).isPositive();
        assertThat(state().state()).isEqualTo(PAUSED);
        other.close();
        Await.until("the domain has ended", Duration.ofSeconds(30), () -> state().state() == SHUTOFF);
    }

    /// What virtnbdrestore defines: the live XML of another daemon.
    @Test
    void theXmlOfARunningDomainCanBeDefined() throws IOException {
        String live = """
                <domain type='qemu' id='7'>
                  <name>restored</name>
                  <memory unit='KiB'>65536</memory>
                  <currentMemory unit='KiB'>65536</currentMemory>
                  <vcpu placement='static'>1</vcpu>
                  <resource><partition>/machine</partition></resource>
                  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os>
                  <devices>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='qcow2'/>
                      <source file='%s' index='1'/>
                      <target dev='vda' bus='virtio'/>
                      <alias name='virtio-disk0'/>
                      <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>
                    </disk>
                    <controller type='pci' index='0' model='pcie-root'><alias name='pcie.0'/></controller>
                    <memballoon model='virtio'><alias name='balloon0'/></memballoon>
                  </devices>
                  <seclabel type='dynamic' model='dac' relabel='yes'><label>+0:+0</label></seclabel>
                </domain>
                """.formatted(daemon.image("vda"));
        DomainRef restored = call(LibvirtProgram.DOMAIN_DEFINE_XML_FLAGS, new DomainMessages.XmlFlags(live, 0));
        assertThat(restored.id()).isEqualTo(DomainRef.NO_ID);
        assertThat(call(LibvirtProgram.DOMAIN_GET_XML_DESC, new DomainFlags(restored, 3)))
                .startsWith("<domain type='qemu'>");
    }

    @Test
    void disksTellSizesAndRequests() throws IOException {
        call(LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS, new DomainFlags(vm, 1));
        var byPath = new BlockMessages.DiskFlags(vm, daemon.image("vda").toString(), 0);
        assertThat(call(LibvirtProgram.DOMAIN_GET_BLOCK_INFO, byPath).capacityBytes())
                .isEqualTo(16 << 20);
        BlockMessages.BlockStatsFlags room =
                call(LibvirtProgram.DOMAIN_BLOCK_STATS_FLAGS, new BlockMessages.BlockStatsFlagsArgs(vm, "vda", 0, 4));
        assertThat(room.count()).isEqualTo(8);
        assertThat(call(
                                LibvirtProgram.DOMAIN_BLOCK_STATS_FLAGS,
                                new BlockMessages.BlockStatsFlagsArgs(vm, "", room.count(), 4))
                        .parameters())
                .hasSize(8);
        call(LibvirtProgram.DOMAIN_BLOCK_RESIZE, new BlockMessages.ResizeArgs(vm, "vda", 20 << 10, 0));
        call(LibvirtProgram.DOMAIN_BLOCK_RESIZE, new BlockMessages.ResizeArgs(vm, "vda", 24 << 20, 1));
        assertThat(call(LibvirtProgram.DOMAIN_GET_BLOCK_INFO, byPath).capacityBytes())
                .isEqualTo(24 << 20);
        assertRefused(
                () -> call(LibvirtProgram.DOMAIN_BLOCK_RESIZE, new BlockMessages.ResizeArgs(vm, "vda", -1, 0)),
                INVALID_ARG);
        assertRefused(
                () -> call(LibvirtProgram.DOMAIN_GET_BLOCK_INFO, new BlockMessages.DiskFlags(vm, "vdz", 0)),
                INVALID_ARG);
        assertThat(call(LibvirtProgram.DOMAIN_GET_DISK_ERRORS, new BlockMessages.DiskErrorsArgs(vm, 0, 0))
                        .count())
                .isEqualTo(2);
    }

    @Test
    void figuresOfAllDomainsComeAtOnce() throws IOException {
        call(LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS, new DomainFlags(vm, 1));
        List<DomainMessages.DomainStats> all = call(
                        LibvirtProgram.CONNECT_GET_ALL_DOMAIN_STATS, new DomainMessages.AllStatsArgs(List.of(), 0, 0))
                .stats();
        assertThat(all).hasSize(1);
        assertThat(all.getFirst().parameters())
                .extracting(TypedParameter::field)
                .contains(
                        "state.state",
                        "cpu.time",
                        "balloon.current",
                        "vcpu.0.time",
                        "block.count",
                        "block.0.rd.reqs",
                        "block.1.capacity");
        assertRefused(
                () -> call(
                        LibvirtProgram.CONNECT_GET_ALL_DOMAIN_STATS,
                        new DomainMessages.AllStatsArgs(List.of(vm), 1 << 12, 1 << 31)),
                ARGUMENT_UNSUPPORTED);
        int inactive = 2;
        assertThat(call(
                                LibvirtProgram.CONNECT_GET_ALL_DOMAIN_STATS,
                                new DomainMessages.AllStatsArgs(List.of(vm), 0, inactive))
                        .stats())
                .isEmpty();
    }

    @Test
    void notesArePersistent() throws IOException {
        var title = new DomainMessages.GetMetadata(vm, 1, Optional.empty(), 0);
        assertRefused(() -> call(LibvirtProgram.DOMAIN_GET_METADATA, title), NO_METADATA);
        Nothing ignored = call(
                LibvirtProgram.DOMAIN_SET_METADATA,
                new DomainMessages.SetMetadata(vm, 1, Optional.of("web"), Optional.empty(), Optional.empty(), 0));
        assertThat(ignored).isNotNull();
        daemon.stop();
        daemon.startAgain();
        client = daemon.client();
        assertThat(call(LibvirtProgram.DOMAIN_GET_METADATA, title)).isEqualTo("web");
    }

    @Test
    void aGuestWithoutAnAgentIsToldApartFromADomainThatDoesNotRun() throws IOException {
        var freeze = new AgentMessages.MountPoints(vm, List.of(), 0);
        assertRefused(() -> call(LibvirtProgram.DOMAIN_FSFREEZE, freeze), OPERATION_INVALID);
        call(LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS, new DomainFlags(vm, 1));
        assertRefused(() -> call(LibvirtProgram.DOMAIN_FSFREEZE, freeze), ARGUMENT_UNSUPPORTED);
        assertRefused(() -> call(LibvirtProgram.DOMAIN_FSTHAW, freeze), ARGUMENT_UNSUPPORTED);
        assertRefused(
                () -> call(
                        QemuProgram.DOMAIN_AGENT_COMMAND,
                        new AgentMessages.AgentCommand(vm, "{\"execute\":\"guest-ping\"}", -1, 0)),
                ARGUMENT_UNSUPPORTED);
        assertThat(call(
                        QemuProgram.DOMAIN_MONITOR_COMMAND,
                        new AgentMessages.MonitorCommand(vm, "{\"execute\":\"query-status\"}", 0)))
                .contains("prelaunch");
    }

    @Test
    void whoMayOnlyReadSeesNoSecretsAndChangesNothing() throws IOException {
        RpcClient reader = daemon.readOnlyClient();
        assertRefused(
                () -> TestDaemon.call(reader, LibvirtProgram.DOMAIN_GET_XML_DESC, new DomainFlags(vm, 1)),
                OPERATION_DENIED);
        assertRefused(
                () -> TestDaemon.call(
                        reader, LibvirtProgram.DOMAIN_SET_AUTOSTART, new DomainMessages.SetAutostart(vm, true)),
                OPERATION_DENIED);
        assertThat(TestDaemon.call(reader, LibvirtProgram.DOMAIN_GET_XML_DESC, new DomainFlags(vm, 0)))
                .contains("<name>vm</name>");
        assertThat(TestDaemon.call(reader, LibvirtProgram.DOMAIN_GET_AUTOSTART, vm))
                .isFalse();
    }
}
