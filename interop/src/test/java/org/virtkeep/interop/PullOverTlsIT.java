package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.disk;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Certificates;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// A pull with `tls='yes'` and everybody's clients, with and without a certificate.
@Tag("interop")
class PullOverTlsIT {
    @TempDir
    Path dir;

    @Test
    void onlyClientsWithACertificateReadIt() {
        Tools.require("qemu-system-x86_64", "qemu-img", "qemu-io", "nbdcopy");
        Certificates certificates = Certificates.in(dir);
        certificates.signServer("server");
        certificates.signClient("client", "ca");
        var requests = new Requests(dir);
        var virtkeep = Virtkeep.on(dir.resolve("root"), "pull-tls=" + dir);
        Path vda = Images.qcow2(dir.resolve("vda.qcow2"), "16M");
        Images.io(vda, "qcow2", "write -P 0x77 1M 9M");
        virtkeep.run("define", requests.domain("vm", disk("vda", vda, "qcow2")));
        virtkeep.run("start", "vm");
        try {
            String pull = requests.pullOverTls();
            assertThat(Virtkeep.on(dir.resolve("root"), "pull-tls=" + dir.resolve("none"))
                            .refused(ErrorCode.CONFIG_UNSUPPORTED, "backup-begin", "vm", pull)
                            .path("message")
                            .asText())
                    .contains("server-cert.pem", "pull-tls");
            virtkeep.begin("vm", pull);
            int port = virtkeep.json("domjobinfo", "vm")
                    .path("server")
                    .path("port")
                    .asInt();
            Path copy = dir.resolve("copy.raw");
            Tool.run("nbdcopy", "nbds://localhost:%d/vda?tls-certificates=%s".formatted(port, dir), copy.toString());
            assertThat(Tool.attempt("nbdcopy", "nbd://localhost:%d/vda".formatted(port), "null:")
                            .exitCode())
                    .isNotZero();
            virtkeep.run("backup-end", "vm");
            virtkeep.run("destroy", "vm");
            Images.requireSame(vda, "qcow2", copy, "raw");
        } finally {
            virtkeep.attempt("destroy", "vm");
        }
    }
}
