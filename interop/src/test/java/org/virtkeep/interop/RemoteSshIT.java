package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.SshServer;
import org.virtkeep.testkit.Tools;

/// `bin/virtkeep -c qemu+ssh://…` and virsh through OpenSSH's server, which runs on this host for the test alone,
/// to libvirtd and to virtkeepd.
@Tag("interop")
class RemoteSshIT {

    @TempDir
    private Path dir;

    private SshServer ssh;

    @BeforeEach
    void listens() throws IOException {
        Tools.require("nc");
        ssh = SshServer.start(Files.createDirectory(dir.resolve("ssh")));
    }

    @AfterEach
    void end() {
        ssh.close();
    }

    /// @param trust the parameters by which the server is known, or the user
    private String uri(String scheme, Path socket, String trust) {
        return "%s+ssh://127.0.0.1:%d/session?socket=%s&no_tty=1&%s".formatted(scheme, ssh.port(), socket, trust);
    }

    private String trust(String key, String hosts) {
        return "keyfile=%s&known_hosts=%s".formatted(ssh.file(key), ssh.file(hosts));
    }

    private String right() {
        return trust("client", "known_hosts");
    }

    /// libvirt's clients do not tell ssh where the known hosts are.
    private Virsh virsh(Path socket) throws IOException {
        Path command = Files.writeString(dir.resolve("ssh.sh"), """
                #!/bin/sh
                exec ssh -F none -o UserKnownHostsFile=%s "$@"
                """.formatted(ssh.file("known_hosts")));
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
        return Virsh.at(uri("qemu", socket, "keyfile=%s&command=%s".formatted(ssh.file("client"), command)));
    }

    private Virtkeep virtkeep(String uri) {
        return Virtkeep.at(uri, dir.resolve("state"));
    }

    @Test
    void backsUpADomainOfLibvirtd() throws IOException {
        try (LibvirtHost host = LibvirtHost.start(dir)) {
            Virtkeep virtkeep = virtkeep(uri("qemu", host.socket(), right()));
            virtkeep.run("define", host.domain("vm"));
            virtkeep.run("start", "vm");
            host.guestWrites("vm", 0, "write -P 0xa1 1M 2M");
            assertThat(virtkeep.json("list").findValuesAsText("name")).containsExactly("vm");
            assertThat(virtkeep.run("dumpxml", "vm").strip())
                    .isEqualTo(host.virsh().run("dumpxml", "vm").out().strip());
            Path socket = host.folder().resolve("nbd.sock");
            int id = virtkeep.begin("vm", host.requests().pull("", socket));
            Path copy = Nbd.copy("nbd+unix:///vda?socket=" + socket, dir.resolve("copy"));
            Images.io(Images.qcow2(dir.resolve("expected.qcow2"), "16M"), "qcow2", "write -P 0xa1 1M 2M");
            Images.requireSame(copy, "raw", dir.resolve("expected.qcow2"), "qcow2");
            virtkeep.run("backup-end", "vm", "--id", Integer.toString(id));
        }
    }

    @Test
    void virtkeepdIsFoundBehindItWithAllThatItOffers() throws IOException {
        try (Virtkeepd daemon = Virtkeepd.start(dir);
                GuestlessDomain domain = GuestlessDomain.start(daemon, dir, 1, "4M")) {
            Virtkeep virtkeep = virtkeep(uri("virtkeep", daemon.socket(), right()));
            Path socket = dir.resolve("nbd.sock");
            var requests = new Requests(dir);
            int first = virtkeep.begin("vm", requests.pull("", socket), requests.checkpoint("c1"));
            int second = virtkeep.begin("vm", requests.pull("c1", dir.resolve("second.sock")));
            assertThat(virtkeep.json("backup-list", "vm").findValues("id").stream()
                            .map(JsonNode::asInt))
                    .containsExactlyInAnyOrder(first, second);
            virtkeep.run("backup-end", "vm", "--id", Integer.toString(first));
            assertThat(socket).doesNotExist();
            assertThat(virtkeep.json("checkpoint-list", "vm", "--health").toString())
                    .contains("c1");
            Virsh.Result list = virsh(daemon.socket()).run("list", "--name");
            assertThat(list.out()).as(list.err()).contains("vm");
            assertThat(virsh(daemon.socket()).run("domjobabort", "vm").exitCode())
                    .isZero();
            assertThat(domain.status()).isEqualTo("running");
        }
    }
}
