package org.virtkeep.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.api.Connection;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Certificates;
import org.virtkeep.testkit.LibvirtdProcess;
import org.virtkeep.testkit.Ports;
import org.virtkeep.testkit.SshServer;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// A libvirtd of Debian's over TLS and through OpenSSH's server: who shows the right certificate or key and trusts the
/// right host is let in, everybody else is told what is wrong. virsh, with the same URI, is let in or refused alike.
@Tag("interop")
class TransportIT {
    private static final int TLS_PORT = Ports.free();

    @TempDir
    private static Path dir;

    private static LibvirtdProcess libvirtd;
    private static SshServer ssh;

    @BeforeAll
    static void listens() throws IOException {
        Tools.require("virsh", "nc");
        Certificates certificates = Certificates.in(dir);
        certificates.signServer("server");
        certificates.signClient("client", "ca");
        certificates.makeAuthority("foreign");
        certificates.signClient("stranger", "foreign");
        pki("right", "ca", "client");
        pki("stranger", "ca", "stranger");
        pki("distrustful", "foreign", "stranger");
        pki("old", "ca", "client");
        Path nameless = pki("nameless", "ca", "client");
        Files.delete(nameless.resolve("clientcert.pem"));
        Files.delete(nameless.resolve("clientkey.pem"));
        ssh = SshServer.start(Files.createDirectory(dir.resolve("ssh")));
        libvirtd = LibvirtdProcess.startWithTls(certificates, TLS_PORT);
    }

    @AfterAll
    static void ends() {
        if (ssh != null) {
            ssh.close();
        }
        if (libvirtd != null) {
            libvirtd.close();
        }
    }

    /// A folder with the names that libvirt's clients look for.
    private static Path pki(String folder, String authority, String client) throws IOException {
        Path pki = Files.createDirectory(dir.resolve(folder));
        Files.copy(dir.resolve(authority + "-cert.pem"), pki.resolve("cacert.pem"));
        Files.copy(dir.resolve(client + "-cert.pem"), pki.resolve("clientcert.pem"));
        Files.copy(dir.resolve(client + "-key.pem"), pki.resolve("clientkey.pem"));
        return pki;
    }

    private static String tls(String host, String pki, String parameters) {
        return "qemu+tls://%s:%d/session?pkipath=%s&%s".formatted(host, TLS_PORT, dir.resolve(pki), parameters);
    }

    private static String ssh(String key, String hosts, String parameters) {
        return "qemu+ssh://127.0.0.1:%d/session?no_tty=1&keyfile=%s&known_hosts=%s&%s"
                .formatted(ssh.port(), ssh.file(key), ssh.file(hosts), parameters);
    }

    private static String socket() {
        return "socket=" + libvirtd.socket();
    }

    private static void requireLetIn(String uri) {
        try (Connection connection = new RemoteDriver().open(URI.create(uri))) {
            assertThat(connection.domains(Set.of())).isEmpty();
            assertThat(connection.hypervisorVersion()).isPositive();
        }
    }

    private static void refused(String uri, String... reasons) {
        assertThatThrownBy(() -> new RemoteDriver().open(URI.create(uri)))
                .isInstanceOfSatisfying(
                        VirtException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR))
                .hasMessageContainingAll(reasons);
    }

    private static int virsh(String uri) {
        return Tool.attempt(List.of("virsh", "-c", uri, "list")).exitCode();
    }

    @ParameterizedTest
    @CsvSource({
        "nameless, localhost, certificate",
        "stranger, localhost, certificate",
        "distrustful, localhost, PKIX",
        "nowhere, localhost, nowhere/cacert.pem",
        "right, 127.0.0.1, 127.0.0.1"
    })
    void overTlsEverybodyElseIsRefused(String pki, String host, String reason) {
        refused(tls(host, pki, ""), reason);
        assertThat(virsh(tls(host, pki, ""))).isEqualTo(1);
    }

    @Test
    void overTlsTheRightCertificateOpens() {
        requireLetIn(tls("localhost", "right", ""));
        assertThat(virsh(tls("localhost", "right", ""))).isZero();
    }

    /// The daemon's certificate is one of `localhost`.
    @Test
    void whoDoesNotVerifyTakesAnyNameAndAnyAuthorityOfTheDaemon() throws IOException {
        requireLetIn(tls("127.0.0.1", "right", "no_verify=1"));
        assertThat(virsh(tls("127.0.0.1", "right", "no_verify=1"))).isZero();
        Path other = pki("other", "foreign", "client");
        requireLetIn(tls("localhost", other.toString(), "no_verify=1"));
    }

    /// certtool, which libvirt's manual advises, writes keys in this form.
    @Test
    void aKeyInItsOldFormIsReadToo() {
        Path old = dir.resolve("old/clientkey.pem");
        String newer = dir.resolve("client-key.pem").toString();
        Tool.run("openssl", "rsa", "-traditional", "-in", newer, "-out", old.toString());
        assertThat(old).content().contains("BEGIN RSA PRIVATE KEY");
        requireLetIn(tls("localhost", "old", ""));
    }

    @Test
    void throughSshTheRightKeyOpens() {
        requireLetIn(ssh("client", "known_hosts", socket()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"no_verify=1", "known_hosts_verify=ignore", "known_hosts_verify=auto"})
    void aHostThatNobodyKnowsIsTrustedByThoseWhoAskForIt(String verify) {
        String hosts = "fresh-" + verify;
        requireLetIn(ssh("client", hosts, socket() + "&" + verify));
        assertThat(ssh.file(hosts)).content().contains("ssh-ed25519");
        requireLetIn(ssh("client", hosts, socket()));
    }

    @ParameterizedTest
    @CsvSource({
        "stranger, known_hosts, x=y, ssh ended with 255, Permission denied",
        "client, nothing, x=y, ssh ended with 255, Host key verification failed",
        "client, known_hosts, socket=/nobody.sock, ssh ended with 1, /nobody.sock",
        "client, known_hosts, socket=/s&netcat=/no/such/nc, ssh ended with 127, /no/such/nc",
        "client, known_hosts, command=/no/such/ssh, /no/such/ssh, /no/such/ssh"
    })
    void throughSshItIsSaidWhyThereIsNoWay(String key, String hosts, String more, String end, String reason) {
        refused(ssh(key, hosts, more), end, reason);
    }

    /// It works through both at once, and each sees what the other did.
    @Test
    void aDomainIsDefinedOverTlsAndForgottenThroughSsh() throws IOException {
        String xml = "<domain type='qemu'><name>vm</name><memory>65536</memory><os><type>hvm</type></os></domain>";
        try (Connection first = new RemoteDriver().open(URI.create(tls("localhost", "right", "")));
                Connection second = new RemoteDriver().open(URI.create(ssh("client", "known_hosts", socket())))) {
            var defined = first.define(xml);
            var seen = second.domain("vm");
            assertThat(seen.uuid()).isEqualTo(defined.uuid());
            assertThat(seen.xml()).isEqualTo(defined.xml());
            seen.undefine(Set.of());
            assertThat(first.domains(Set.of())).isEmpty();
        }
    }
}
