package org.virtkeep.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Nothing;

class LinkTest {
    @TempDir
    private Path dir;

    private Link link(String uri) {
        RemoteUri parsed = RemoteUri.parse(URI.create(uri));
        return new Link(uri, parsed.serverName(), Dialers.of(parsed, Map.of(), false));
    }

    private Link link() {
        return link("qemu:///system?socket=" + dir.resolve("s"));
    }

    private static String hostName(Link link) {
        return link.call(LibvirtProgram.CONNECT_GET_HOSTNAME, Nothing.NOTHING);
    }

    @Test
    void aQuestionIsAskedAgainOnANewConnection() throws IOException {
        try (var daemon = TestDaemon.start(dir.resolve("s"));
                Link link = link()) {
            assertThat(hostName(link)).isEqualTo("host");
            daemon.dropNext();
            assertThat(hostName(link)).isEqualTo("host");
            assertThat(link.takeNotices()).singleElement().asString().contains("connection lost", "stands again");
            assertThat(link.takeNotices()).isEmpty();
        }
    }

    @Test
    void aChangeIsNotRepeatedAndItsEffectIsSaidToBeUnknown() throws IOException {
        try (var daemon = TestDaemon.start(dir.resolve("s"));
                Link link = link()) {
            hostName(link);
            daemon.dropNext();
            assertThatThrownBy(() -> link.call(LibvirtProgram.DOMAIN_DEFINE_XML, "<domain/>"))
                    .isInstanceOfSatisfying(VirtException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
                        assertThat(e.domain()).isEqualTo(ErrorDomain.RPC);
                        assertThat(e).hasMessageContaining("DOMAIN_DEFINE_XML").hasMessageContaining("not known");
                    });
            assertThat(daemon.definitions()).isOne();
            assertThat(hostName(link)).isEqualTo("host");
        }
    }

    @Test
    void aDaemonThatComesBackIsWaitedFor() throws Exception {
        try (Link link = link()) {
            TestDaemon first = TestDaemon.start(dir.resolve("s"));
            hostName(link);
            first.dropNext();
            Thread restart = first.whenDropped(() -> {
                first.close();
                Files.delete(dir.resolve("s"));
                TestDaemon.start(dir.resolve("s"));
            });
            assertThat(hostName(link)).isEqualTo("host");
            restart.join();
        }
    }

    @Test
    void whatTheDaemonDoesNotKnowIsRefusedByName() throws IOException {
        try (var _ = TestDaemon.start(dir.resolve("s"));
                Link link = link()) {
            assertThatThrownBy(() -> link.call(LibvirtProgram.CONNECT_GET_TYPE, Nothing.NOTHING))
                    .isInstanceOfSatisfying(
                            VirtException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SUPPORT))
                    .hasMessageContaining("CONNECT_GET_TYPE");
        }
    }

    @Test
    void whereNobodyListensIsAnErrorOfTheSystem() {
        try (Link link = link()) {
            assertThatThrownBy(link::session)
                    .isInstanceOfSatisfying(
                            VirtException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR))
                    .hasMessageContaining(dir.resolve("s").toString());
        }
    }

    @Test
    void aClosedLinkStaysClosed() throws IOException {
        try (var _ = TestDaemon.start(dir.resolve("s"))) {
            Link link = link();
            link.session();
            link.close();
            link.close();
            assertThatThrownBy(link::session).hasMessageContaining("is closed");
        }
    }

    /// A program in the place of ssh, which takes its options and has nothing to run.
    @Test
    void sshsOwnWordsAreTold() throws IOException {
        Path ssh = Files.writeString(dir.resolve("ssh"), "#!/bin/sh\necho no route to host >&2\nexit 255\n");
        Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwx------"));
        try (Link link = link("qemu+ssh://h/system?command=" + ssh)) {
            assertThatThrownBy(link::session).hasMessageContaining("ssh ended with 255: no route to host");
        }
    }
}
