package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Certificates;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// TLS with libnbd's and QEMU's clients, and our client with nbdkit's server; both speak GnuTLS.
@Tag("interop")
class TlsIT {
    private static final int SIZE = 5 << 20;

    @TempDir
    private Path dir;

    private Certificates certificates;

    private final ArrayImage image = ArrayImage.random(2, SIZE);

    @BeforeEach
    void makesCertificates() throws IOException {
        Tools.require("nbdcopy", "qemu-img", "nbdkit");
        certificates = Certificates.in(dir);
        certificates.signServer("server");
        certificates.signClient("client", "ca");
    }

    /// A server that lets in who has a certificate.
    private NbdImageServer serve() throws IOException {
        return serve(dir);
    }

    private NbdImageServer serve(Path credentials) throws IOException {
        return NbdImageServer.start(
                new NbdAddress.Tcp("localhost", 0),
                List.of(new NbdImageServer.Named("disk", image)),
                NbdFrontEnd.Limits.DEFAULT,
                Optional.of(TlsCredentials.ofServer(credentials)));
    }

    private static int port(NbdImageServer server) {
        return ((NbdAddress.Tcp) server.address()).port();
    }

    private String uri(NbdImageServer server, String scheme) {
        return "%s://localhost:%d/disk?tls-certificates=%s".formatted(scheme, port(server), dir);
    }

    @Test
    void nbdcopyAndQemuReadOverTls() throws IOException {
        Path ownOnly = Files.createDirectory(dir.resolve("server"));
        for (String file : List.of("server-cert.pem", "server-key.pem")) {
            Files.copy(dir.resolve(file), ownOnly.resolve(file));
        }
        try (NbdImageServer server = serve(ownOnly)) {
            requireNbdcopyAndQemuRead(server);
        }
    }

    @Test
    void nbdcopyAndQemuShowTheirCertificates() throws IOException {
        try (NbdImageServer server = serve()) {
            requireNbdcopyAndQemuRead(server);
            assertThat(read(server.address())).isEqualTo(image.content);
            certificates.makeAuthority("stranger");
            certificates.signClient("client", "stranger");
            assertThat(Tool.attempt("nbdcopy", uri(server, "nbds"), "null:").exitCode())
                    .isNotZero(); // a stranger's signature under the same name
            assertThatThrownBy(() -> read(server.address())).isInstanceOf(NbdException.class);
        }
    }

    private void requireNbdcopyAndQemuRead(NbdImageServer server) throws IOException {
        Path copy = dir.resolve("copy");
        Tool.run("nbdcopy", uri(server, "nbds"), copy.toString());
        assertThat(Arrays.equals(Files.readAllBytes(copy), image.content)).isTrue();
        Tool.run(
                "qemu-img",
                "compare",
                "--object",
                "tls-creds-x509,id=t,endpoint=client,dir=" + dir,
                "--image-opts",
                "driver=nbd,host=localhost,port=%d,export=disk,tls-creds=t".formatted(port(server)),
                "driver=raw,file.driver=file,file.filename=" + copy);
    }

    @Test
    void withoutTlsOrACertificateNobodyIsLetIn() throws IOException {
        try (NbdImageServer server = serve()) {
            assertThat(Tool.attempt("nbdcopy", uri(server, "nbd"), "null:").exitCode())
                    .isNotZero();
            assertThatThrownBy(() -> {
                        try (var negotiation = NbdNegotiation.connect(server.address(), TestServer.deadline())) {
                            negotiation.go("disk");
                        }
                    })
                    .isInstanceOf(NbdException.Refused.class)
                    .hasMessageContaining("TLS");
            Files.delete(dir.resolve("client-cert.pem"));
            assertThatThrownBy(() -> read(server.address())).isInstanceOf(NbdException.class);
        }
    }

    @Test
    void ourClientReadsFromOurServerAndFromNbdkit() throws IOException {
        try (NbdImageServer server = serve()) {
            assertThat(read(server.address())).isEqualTo(image.content);
            assertThatThrownBy(() -> read(new NbdAddress.Tcp("127.0.0.1", port(server))))
                    .isInstanceOf(NbdException.class); // the certificate is for another name
        }
        Path file = Files.write(dir.resolve("file"), image.content);
        Path socket = dir.resolve("s");
        try (var nbdkit = ChildProcess.start(
                "nbdkit",
                List.of(
                        "nbdkit",
                        "-f",
                        "-U",
                        socket.toString(),
                        "--tls=require",
                        "--tls-certificates=" + dir,
                        "file",
                        file.toString()))) {
            Await.until("nbdkit listens", TestServer.LIMIT, () -> Files.exists(socket));
            assertThat(read(new NbdAddress.Unix(socket.toString()))).isEqualTo(image.content);
            assertThat(nbdkit.isAlive()).isTrue();
        }
    }

    private byte[] read(NbdAddress address) throws IOException {
        try (var negotiation = NbdNegotiation.connect(address, TlsCredentials.ofClient(dir), TestServer.deadline());
                NbdSession session = negotiation.go(address instanceof NbdAddress.Tcp ? "disk" : "")) {
            ByteBuffer content = ByteBuffer.allocate(SIZE);
            session.read(new ByteRange(0, SIZE), content, TestServer.deadline());
            return content.array();
        }
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        Files.writeString(dir.resolve("server-key.pem"), "secret");
        assertThatThrownBy(() -> TlsCredentials.ofServer(dir))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("server-key.pem' holds no private key in PEM");
        Files.writeString(dir.resolve("server-cert.pem"), "paper");
        assertThatThrownBy(() -> TlsCredentials.ofServer(dir)).hasMessageContaining("server-cert.pem");
    }
}
