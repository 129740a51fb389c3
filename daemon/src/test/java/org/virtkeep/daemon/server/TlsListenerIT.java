package org.virtkeep.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.rpc.ConnectMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.testkit.Certificates;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;
import org.virtkeep.tls.TlsFiles;

/// virsh over TLS, with the right certificate and with others.
@Tag("interop")
class TlsListenerIT {
    private static final String HOST = "host-of-this-test";

    @TempDir
    private Path dir;

    private Certificates certificates;
    private Server server;
    private TlsListener listener;

    @BeforeEach
    void listens() throws IOException {
        Tools.require("virsh");
        certificates = Certificates.in(dir);
        certificates.signServer("server");
        server = new Server(
                ClientLimits.DEFAULT,
                builder -> builder.on(
                                LibvirtProgram.AUTH_LIST,
                                (_, _) -> new ConnectMessages.AuthTypes(List.of(ConnectMessages.AuthTypes.NONE)))
                        .run(LibvirtProgram.CONNECT_OPEN, (client, open) -> client.open(open.readOnly()))
                        .run(LibvirtProgram.CONNECT_CLOSE, (_, _) -> {})
                        .on(LibvirtProgram.CONNECT_GET_HOSTNAME, (_, _) -> HOST));
        listener = TlsListener.start(new InetSocketAddress("localhost", 0), settings(List.of()), server);
    }

    @AfterEach
    void ends() {
        server.close();
    }

    private TlsSettings settings(List<String> names) throws IOException {
        var identity = new TlsFiles.Identity(dir.resolve("server-cert.pem"), dir.resolve("server-key.pem"));
        return new TlsSettings(
                new TlsFiles(Optional.of(identity), Optional.of(dir.resolve("ca-cert.pem"))).context(), names);
    }

    /// virsh with the certificate `name`, in the files that libvirt's clients want.
    private Tool.Result hostname(String name) throws IOException {
        Path pki = Files.createDirectories(dir.resolve("pki-" + name));
        Files.copy(dir.resolve("ca-cert.pem"), pki.resolve("cacert.pem"));
        Files.copy(dir.resolve(name + "-cert.pem"), pki.resolve("clientcert.pem"));
        Files.copy(dir.resolve(name + "-key.pem"), pki.resolve("clientkey.pem"));
        return Tool.attempt(
                "virsh",
                "-c",
                "qemu+tls://localhost:%d/system?pkipath=%s"
                        .formatted(listener.address().getPort(), pki),
                "hostname");
    }

    @Test
    void whoeverTheAuthorityVouchesForIsLetIn() throws IOException {
        certificates.signClient("alice", "ca");
        Tool.Result result = hostname("alice");
        assertThat(result.output()).contains(HOST);
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void aForeignCertificateIsRefused() throws IOException {
        certificates.makeAuthority("stranger");
        certificates.signClient("mallory", "stranger");
        assertThat(hostname("mallory").exitCode()).isNotZero();
        assertThat(server.clients()).isZero();
    }

    @Test
    void onlyTheNamesThatAreListedAreLetIn() throws IOException {
        certificates.signClient("alice", "ca");
        certificates.signClient("bob", "ca");
        listener.use(settings(List.of("CN=a*e", "CN=carol")));
        assertThat(hostname("alice").exitCode()).isZero();
        assertThat(hostname("bob").exitCode()).isNotZero();
    }

    @Test
    void withoutTlsNothingIsAnswered() throws IOException {
        try (var socket = new Socket("localhost", listener.address().getPort())) {
            socket.getOutputStream().write(new byte[28]);
            assertThat(server.clients()).isZero();
        }
    }
}
