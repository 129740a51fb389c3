package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.DomainCheckpoint;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// libvirt's Java binding as a client: events, checkpoints and backups as a management server in Java
/// uses them.
@Tag("interop")
class LibvirtJavaIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private final Queue<String> events = new ConcurrentLinkedQueue<>();

    @Test
    void backsUpAndKeepsCheckpoints() throws Exception {
        Tools.require("virsh"); // and with it libvirt.so, which the binding loads
        serveEvents();
        try (Virtkeepd daemon = Virtkeepd.start(dir)) {
            var connection = new Connect("qemu:///system?socket=" + daemon.socket());
            connection.addLifecycleListener((_, event) -> {
                events.add(event.toString());
                return 0;
            });
            Path image = Images.qcow2(dir.resolve("vda.qcow2"), "16M");
            Images.io(image, "qcow2", "write -P 7 1M 1M");
            Domain domain = connection.domainDefineXML(
                    Files.readString(Path.of(new Requests(dir).domain("java", Requests.disk("vda", image, "qcow2")))));
            domain.create();
            assertThat(domain.isActive()).isEqualTo(1);
            Await.until("events", LIMIT, () -> events.toString().contains("STARTED"));

            keepsCheckpoints(domain);
            pushes(domain);
            pulls(domain);
            refuses(connection, domain);

            domain.destroy();
            Await.until("events", LIMIT, () -> events.toString().contains("STOPPED"));
            connection.close();
        }
    }

    /// The binding's loop is one for the whole process and goes on.
    private static void serveEvents() throws LibvirtException {
        Library.initEventLoop();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                Library.runEventLoop();
            } catch (LibvirtException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void keepsCheckpoints(Domain domain) throws LibvirtException {
        DomainCheckpoint one = domain.checkpointCreateXML("<domaincheckpoint><name>one</name></domaincheckpoint>");
        DomainCheckpoint two = domain.checkpointCreateXML("<domaincheckpoint><name>two</name></domaincheckpoint>");
        assertThat(domain.checkpointListNames()).containsExactlyInAnyOrder("one", "two");
        assertThat(two.getParent().getName()).isEqualTo("one");
        assertThat(Arrays.stream(one.listAllChildren(0)).map(LibvirtJavaIT::name))
                .containsExactly("two");
        assertThat(domain.checkpointLookupByName("two").getXMLDesc(DomainCheckpoint.XMLFlags.XML_SIZE))
                .contains("size=");
        two.delete(0);
        assertThat(domain.checkpointListNames()).containsExactly("one");
    }

    private static String name(DomainCheckpoint checkpoint) {
        try {
            return checkpoint.getName();
        } catch (LibvirtException e) {
            throw new AssertionError(e);
        }
    }

    private void pushes(Domain domain) throws LibvirtException {
        Path target = dir.resolve("push");
        domain.backupBegin(
                "<domainbackup><disks><disk name='vda' type='file'><target file='%s'/></disk></disks></domainbackup>"
                        .formatted(target),
                null,
                0);
        Await.until("the end of the push", LIMIT, () -> domain.getJobStats(0).type == 0);
        assertThat(domain.getJobStats(1).type).as("completed").isEqualTo(3);
        Images.requireSame(dir.resolve("vda.qcow2"), "qcow2", target, "qcow2");
    }

    private void pulls(Domain domain) throws LibvirtException {
        Path socket = dir.resolve("nbd");
        domain.backupBegin(
                "<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>".formatted(socket),
                "<domaincheckpoint><name>pulled</name></domaincheckpoint>",
                0);
        assertThat(domain.getBackupXMLDesc(0)).contains("exportname='vda'");
        Path copy = dir.resolve("copy");
        Tool.run("nbdcopy", "nbd+unix:///vda?socket=" + socket, copy.toString());
        assertThat(domain.abortJob()).isZero();
        Images.requireSame(dir.resolve("vda.qcow2"), "qcow2", copy, "raw");
        assertThat(domain.getJobStats(0).type).isZero();
    }

    private static void refuses(Connect connection, Domain domain) {
        assertThat(refusal(() -> connection.domainLookupByName("nosuch"))).isEqualTo(ErrorNumber.VIR_ERR_NO_DOMAIN);
        assertThat(refusal(domain::create)).isEqualTo(ErrorNumber.VIR_ERR_OPERATION_INVALID);
        String unknown = "<domainbackup><incremental>nosuch</incremental></domainbackup>";
        assertThat(refusal(() -> domain.backupBegin(unknown, null, 0)))
                .isEqualTo(ErrorNumber.VIR_ERR_NO_DOMAIN_CHECKPOINT);
        assertThat(refusal(() -> domain.getBackupXMLDesc(0))).isEqualTo(ErrorNumber.VIR_ERR_NO_DOMAIN_BACKUP);
    }

    private interface Call {
        void run() throws LibvirtException;
    }

    private static ErrorNumber refusal(Call call) {
        try {
            call.run();
            throw new AssertionError("not refused");
        } catch (LibvirtException e) {
            return e.getError().getCode();
        }
    }
}
