package org.virtkeep.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

class RemoteUriTest {
    private static final Path HOME = Path.of("/home/u");

    private static RemoteUri parse(String uri) {
        return RemoteUri.parse(URI.create(uri));
    }

    @Test
    void isTestedAsAModule() {
        assertThat(RemoteUri.class.getModule().getName()).isEqualTo("org.virtkeep.remote");
    }

    @ParameterizedTest
    @CsvSource({
        "qemu:///system, true",
        "virtkeep+unix:///session?socket=/x, true",
        "QEMU+SSH://h/system, true",
        "qemu:///embed?root=/x, false",
        "test:///default, false"
    })
    void knowsItsOwn(String uri, boolean own) {
        assertThat(RemoteUri.isOne(URI.create(uri))).isEqualTo(own);
    }

    /// As libvirt's client was seen to do it.
    @ParameterizedTest
    @CsvSource({
        "qemu:///system?socket=/p, qemu:///system",
        "qemu+unix:///session?socket=/p&foo=bar&no_verify=1, qemu:///session?foo=bar",
        "qemu:///system?name=test:///default, test:///default",
        "virtkeep:///system, qemu:///system",
        "qemu+tls://host:99/system?pkipath=/p, qemu:///system",
        "qemu+ssh://h/system?known_hosts=/k&known_hosts_verify=auto&sshauth=agent&authfile=/a&no_sanity=1, qemu:///system"
    })
    void theDaemonIsToldWhatIsNotForTheClient(String uri, String name) {
        assertThat(parse(uri).serverName()).isEqualTo(name);
    }

    @Test
    void readsUserHostAndPort() {
        RemoteUri uri = parse("qemu+ssh://root@[::1]:2222/system?keyfile=/k");
        assertThat(uri.transport()).isEqualTo(RemoteUri.Transport.SSH);
        assertThat(uri.user()).contains("root");
        assertThat(uri.host()).isEqualTo("::1");
        assertThat(uri.port()).hasValue(2222);
        assertThat(uri.parameter("keyfile")).contains("/k");
        assertThat(parse("qemu://host/system").transport()).isEqualTo(RemoteUri.Transport.TLS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qemu:///",
                "qemu:///other",
                "qemu+tcp://h/system",
                "qemu+unix://h/system",
                "qemu+ssh:///system",
                "qemu:///system?socket",
                "qemu:///system?mode=other",
                "qemu+ssh://h/system?mode=direct",
                "qemu+tls://h/system?mode=other",
                "qemu+tls://h/system?tls_priority=NORMAL"
            })
    void refusesWhatIsNoUriOfADaemon(String uri) {
        assertThatThrownBy(() -> parse(uri))
                .isInstanceOfSatisfying(
                        VirtException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARG));
    }

    @ParameterizedTest
    @CsvSource({
        "qemu:///system, false, /run/libvirt/virtqemud-sock, /run/libvirt/virtqemud-sock",
        "qemu:///system, false, -, /run/libvirt/libvirt-sock",
        "qemu:///session, false, -, /run/user/7/libvirt/libvirt-sock",
        "qemu:///session, true, -, /run/libvirt/libvirt-sock",
        "qemu:///system?mode=direct, false, -, /run/libvirt/virtqemud-sock",
        "qemu:///system?mode=legacy, true, /run/libvirt/virtqemud-sock, /run/libvirt/libvirt-sock",
        "qemu:///system?socket=/s%20t, true, -, /s t",
        "virtkeep:///system, false, -, /run/virtkeep/virtkeep-sock",
        "virtkeep:///session, false, -, /run/user/7/virtkeep/virtkeep-sock",
        "virtkeep:///session, true, -, /run/virtkeep/virtkeep-sock"
    })
    void choosesTheSocketAsLibvirtDoes(String uri, boolean superuser, String present, Path expected) {
        var choice = new SocketChoice(
                Map.of("XDG_RUNTIME_DIR", "/run/user/7"), HOME, superuser, Set.of(Path.of(present))::contains);
        assertThat(choice.of(parse(uri))).isEqualTo(expected);
    }

    @Test
    void certificatesAreWhereLibvirtHasThem() {
        assertThat(PkiFiles.find(Optional.empty(), HOME, true).key())
                .isEqualTo(Path.of("/etc/pki/libvirt/private/clientkey.pem"));
        assertThat(PkiFiles.find(Optional.of(Path.of("/p")), HOME, true))
                .isEqualTo(new PkiFiles(
                        Path.of("/p/cacert.pem"), Path.of("/p/clientcert.pem"), Path.of("/p/clientkey.pem")));
    }

    @Test
    void sshRunsTheHelperOrNetcat() {
        SshDialer usual = SshDialer.of(parse("qemu+ssh://root@h:22/system?no_tty=1&no_verify=1&keyfile=/k"));
        assertThat(usual.command())
                .startsWith("ssh", "-p", "22", "-l", "root", "-i", "/k", "-T", "-e", "none", "-o", "BatchMode=yes")
                .containsSequence("-o", "StrictHostKeyChecking=no", "--", "h");
        assertThat(usual.script())
                .contains("virt-ssh-helper 'qemu:///system'")
                .contains("'nc' $ARG -U \"/run/libvirt/libvirt-sock\"");
        assertThat(SshDialer.of(parse("qemu+ssh://h/system?socket=/it's")).script())
                .doesNotContain("virt-ssh-helper")
                .contains("-U '/it'\\''s'");
        assertThat(SshDialer.of(parse("qemu+ssh://h/system?proxy=native")).script())
                .isEqualTo("virt-ssh-helper 'qemu:///system'");
    }

    @ParameterizedTest
    @CsvSource({
        "known_hosts=/a%20b, UserKnownHostsFile=\"/a b\"",
        "known_hosts_verify=auto, StrictHostKeyChecking=accept-new",
        "known_hosts_verify=ignore, StrictHostKeyChecking=no",
        "no_verify=1, StrictHostKeyChecking=no"
    })
    void sshIsToldWhichHostsToTrust(String parameter, String option) {
        assertThat(SshDialer.of(parse("qemu+ssh://h/system?" + parameter)).options())
                .containsSequence("-o", option);
    }

    @ParameterizedTest
    @ValueSource(strings = {"known_hosts_verify=perhaps", "proxy=socks"})
    void wordsThatSshDoesNotGetAreRefused(String parameter) {
        RemoteUri uri = parse("qemu+ssh://h/system?" + parameter);
        assertThatThrownBy(() -> SshDialer.of(uri))
                .isInstanceOfSatisfying(
                        VirtException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARG));
    }
}
