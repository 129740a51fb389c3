package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Tools;

/// virsh [libvirt 9.0] against a small server made of the dispatcher.
@Tag("interop")
class VirshIT {
    private static final DomainRef DOMAIN = new DomainRef("guest", new UUID(0x1234, 0x5678), 7);
    private static final DomainRef OFF = new DomainRef("idle", new UUID(0x1234, 0x9abc), DomainRef.NO_ID);

    @TempDir
    private Path directory;

    private TestServer<RpcServerConnection> server;

    @BeforeEach
    void start() throws IOException {
        Tools.require("virsh");
        server = TestServer.start(directory.resolve("socket"), dispatcher());
    }

    @AfterEach
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void listsDomains() throws Exception {
        Output output = virsh("list", "--all");
        assertThat(output.code).as(output.text).isZero();
        assertThat(output.text.lines().map(String::strip))
                .containsSubsequence("7    guest   running", "-    idle    shut off");
    }

    @Test
    void readsOneDomain() throws Exception {
        assertThat(virsh("domstate", "--reason", "guest").text.strip()).isEqualTo("running (booted)");
        assertThat(virsh("domuuid", "idle").text.strip()).isEqualTo(OFF.uuid().toString());
    }

    @Test
    void showsVersions() throws Exception {
        Output output = virsh("version");
        assertThat(output.code).as(output.text).isZero();
        assertThat(output.text).contains("Running hypervisor: QEMU 7.2.22");
    }

    @Test
    void showsOurErrorsAsLibvirts() throws Exception {
        Output output = virsh("domstate", "nobody");
        assertThat(output.code).isEqualTo(1);
        assertThat(output.text)
                .contains("error: failed to get domain 'nobody'")
                .doesNotContain("error: Domain not found: Domain not found");
        assertThat(virsh("-q", "destroy", "guest").text)
                .contains("error: Requested operation is not valid: 'guest' may not be stopped");
    }

    @Test
    void fallsBackWhereAProcedureIsUnknown() throws Exception {
        Output info = virsh("dominfo", "guest");
        assertThat(info.code).as(info.text).isZero();
        assertThat(info.text).contains("State:          running").contains("CPU(s):         2");
    }

    @Test
    void isRefusedChangesOnAReadOnlyConnection() throws Exception {
        Output output = virsh("-r", "destroy", "guest");
        assertThat(output.code).isEqualTo(1);
        assertThat(output.text).contains("error: operation forbidden: read only access prevents virDomainDestroy");
    }

    @Test
    void receivesEvents() throws Exception {
        Output output = virsh("event", "guest", "--event", "lifecycle", "--timeout", "30");
        assertThat(output.code).as(output.text).isZero();
        assertThat(output.text).contains("event 'lifecycle' for domain 'guest': Suspended Paused");
    }

    @Test
    void keepsALongCallAliveWithPings() throws Exception {
        Output output = virsh("-k", "1", "-K", "2", "capabilities");
        assertThat(output.code).as(output.text).isZero();
        assertThat(output.text).contains("<capabilities/>");
    }

    @Test
    void closesInOrder() throws Exception {
        virsh("version");
        Deadline deadline = Deadline.inMillis(10_000);
        for (RpcServerConnection connection : server.connections) {
            assertThat(connection.awaitEnd(deadline)).isPresent();
        }
    }

    private record Output(int code, String text) {}

    private Output virsh(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("virsh", "-c", "qemu:///system?socket=" + server.socket()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("virsh ends").isTrue();
            return new Output(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }

    /// What virsh needs for the commands of this test, as in tier 1 and 2 of a real daemon.
    private static RpcDispatcher<RpcServerConnection> dispatcher() {
        var readOnly = ConcurrentHashMap.<RpcServerConnection>newKeySet();
        return RpcDispatcher.<RpcServerConnection>builder()
                .gate((connection, procedure) -> {
                    if (readOnly.contains(connection)) {
                        RpcDispatcher.refuseChanges(procedure);
                    }
                })
                .on(
                        LibvirtProgram.AUTH_LIST,
                        (_, _) -> new ConnectMessages.AuthTypes(List.of(ConnectMessages.AuthTypes.NONE)))
                .run(LibvirtProgram.CONNECT_OPEN, (connection, open) -> {
                    if (open.readOnly()) {
                        readOnly.add(connection);
                    }
                    connection.acceptLargePackets();
                })
                .on(LibvirtProgram.CONNECT_SUPPORTS_FEATURE, (connection, feature) -> {
                    if (feature == LibvirtProgram.FEATURE_KEEPALIVE) {
                        connection.startKeepAlive(KeepAlive.LIBVIRT);
                    }
                    return List.of(
                                    LibvirtProgram.FEATURE_KEEPALIVE,
                                    LibvirtProgram.FEATURE_CALLBACK_EVENTS,
                                    LibvirtProgram.FEATURE_CLOSE_CALLBACK)
                            .contains(feature);
                })
                .run(LibvirtProgram.CONNECT_REGISTER_CLOSE_CALLBACK, (_, _) -> {})
                .run(LibvirtProgram.CONNECT_UNREGISTER_CLOSE_CALLBACK, (_, _) -> {})
                .run(LibvirtProgram.CONNECT_CLOSE, (_, _) -> {})
                .on(LibvirtProgram.CONNECT_GET_TYPE, (_, _) -> "QEMU")
                .on(LibvirtProgram.CONNECT_GET_VERSION, (_, _) -> 7_002_022L)
                .on(LibvirtProgram.CONNECT_GET_CAPABILITIES, (_, _) -> slowly("<capabilities/>"))
                .on(
                        LibvirtProgram.CONNECT_LIST_ALL_DOMAINS,
                        (_, _) -> DomainMessages.DomainList.of(List.of(DOMAIN, OFF)))
                .on(LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, (_, name) -> lookup(name))
                .on(LibvirtProgram.DOMAIN_LOOKUP_BY_ID, (_, id) -> lookup(id == DOMAIN.id() ? "guest" : "?"))
                .on(
                        LibvirtProgram.DOMAIN_GET_STATE,
                        (_, args) -> args.domain().uuid().equals(DOMAIN.uuid())
                                ? new DomainMessages.State(1, 1)
                                : new DomainMessages.State(5, 0))
                .on(LibvirtProgram.DOMAIN_GET_OS_TYPE, (_, _) -> "hvm")
                .on(LibvirtProgram.DOMAIN_GET_INFO, (_, _) -> new DomainMessages.Info(1, 65_536, 65_536, 2, 1))
                .run(LibvirtProgram.DOMAIN_DESTROY, (_, domain) -> {
                    throw VirtException.qemu(
                            ErrorCode.OPERATION_INVALID, "'%s' may not be stopped".formatted(domain.name()));
                })
                .on(LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, (connection, _) -> {
                    Thread.startVirtualThread(() -> repeatEvent(connection));
                    return 42;
                })
                .run(LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY, (_, _) -> {})
                .build();
    }

    private static DomainRef lookup(String name) {
        return List.of(DOMAIN, OFF).stream()
                .filter(domain -> domain.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        VirtException.qemu(ErrorCode.NO_DOMAIN, "no domain with matching name '%s'".formatted(name)));
    }

    /// Until the client is gone: an event that overtakes the reply to its registration is not for anybody yet.
    private static void repeatEvent(RpcServerConnection connection) {
        var event = new GuestEvent.Lifecycle(42, DOMAIN, 3, 0);
        try {
            while (connection.send(LibvirtEvents.LIFECYCLE, event)) {
                if (connection.awaitEnd(Deadline.inMillis(50)).isPresent()) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Longer than virsh waits for a silent server in this test.
    private static String slowly(String answer) {
        try {
            Thread.sleep(Duration.ofSeconds(4));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answer;
    }
}
