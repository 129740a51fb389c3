package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qmp.AddBitmap;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.StartNbdServer;
import org.virtkeep.qmp.StopNbdServer;
import org.virtkeep.testkit.BlockState;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Monitor;

/// What is refused, with libvirt's code, a message that says what to do, and no trace: the block graph, the files and
/// the sockets are the same before and after.
@Tag("qemu")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedBackupIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    static Path dir;

    private TestDomain vm;

    @BeforeAll
    void start() {
        Path raw = Images.raw(dir.resolve("vdb.raw"), "8M");
        vm = TestDomain.in(dir)
                .diskElements(
                        TestDomain.disk("vda", Images.qcow2(dir.resolve("vda.qcow2"), "8M")),
                        TestDomain.disk("vdb", raw, "raw", "virtio"))
                .start();
        vm.domain().checkpointCreate(checkpoint("known", "vda"), Set.of());
        vm.domain().checkpointCreate(checkpoint("lost", "vda"), Set.of());
        try (QmpMonitor monitor = vm.monitor()) {
            monitor.execute(new org.virtkeep.qmp.RemoveBitmap("vda", "lost"), Deadline.in(LIMIT));
            monitor.execute(AddBitmap.persistent("vda", "stranger"), Deadline.in(LIMIT));
        } catch (org.virtkeep.qmp.QmpException e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    void end() {
        vm.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            unknown disk                  | CONFIG_UNSUPPORTED      | vdz              | PUSH <disk name='vdz' type='file'><target file='DIR/z'/></disk>
            no disk                       | CONFIG_UNSUPPORTED      | no disk          | PUSH <disk name='vda' backup='no'/>
            same disk twice               | CONFIG_UNSUPPORTED      | vda              | PUSH <disk name='vda' type='file'/><disk name='vda' type='file'/>
            target exists                 | INVALID_ARG             | --reuse-external | PUSH <disk name='vda' type='file'><target file='DIR/hlt.bin'/></disk>
            target is the disk itself     | INVALID_ARG             | vda.qcow2        | PUSH <disk name='vda' type='file'><target file='DIR/vda.qcow2'/></disk>
            folder of target missing      | SYSTEM_ERROR            | create it first  | PUSH <disk name='vda' type='file'><target file='DIR/none/t'/></disk>
            unknown base                  | NO_DOMAIN_CHECKPOINT    | nowhere          | PUSH <disk name='vda' type='file' backupmode='incremental' incremental='nowhere'><target file='DIR/t'/></disk>
            base without its bitmap       | CHECKPOINT_INCONSISTENT | full backup      | PUSH <disk name='vda' type='file' backupmode='incremental' incremental='lost'><target file='DIR/t'/></disk>
            raw disk incremental          | CHECKPOINT_INCONSISTENT | vdb              | PUSH <disk name='vdb' type='file' backupmode='incremental' incremental='known'><target file='DIR/t'/></disk>
            socket path too long          | CONFIG_UNSUPPORTED      | 107              | PULL DIR/LONG
            socket path is a file         | INVALID_ARG             | no socket        | PULL DIR/vdb.raw
            folder of socket missing      | SYSTEM_ERROR            | create it first  | PULL DIR/none/sock
            TLS                           | CONFIG_UNSUPPORTED      | tls              | TLS DIR/sock
            """)
    void refusesAndLeavesNoTrace(String what, ErrorCode code, String words, String request) {
        String text = request.replace("LONG", "s".repeat(120)).replace("DIR", dir.toString());
        assertRefused(code, words, document(text), "", Set.of());
    }

    private static String document(String request) {
        String body = request.substring(request.indexOf(' ') + 1);
        if (request.startsWith("PUSH")) {
            return "<domainbackup><disks>" + body + "</disks></domainbackup>";
        }
        String tls = request.startsWith("TLS") ? " tls='yes'" : "";
        return "<domainbackup mode='pull'><server transport='unix' socket='%s'%s/></domainbackup>".formatted(body, tls);
    }

    @Test
    void refusesCheckpointsThatCannotBe() {
        String push = "<domainbackup/>";
        assertRefused(ErrorCode.OPERATION_FAILED, "already exists", push, xml("known", "vda"), Set.of());
        assertRefused(ErrorCode.INTERNAL_ERROR, "stranger", push, xml("stranger", "vda"), Set.of());
        assertRefused(ErrorCode.CONFIG_UNSUPPORTED, "vdz", push, xml("new", "vdz"), Set.of());
    }

    @Test
    void refusesToReuseWhatIsNotThereOrHasAnotherSize() {
        String push = "<domainbackup><disks><disk name='vda' type='file'><driver type='raw'/><target file='%s'/></disk>"
                + "</disks></domainbackup>";
        var reuse = Set.of(BackupBeginFlag.REUSE_EXTERNAL);
        assertRefused(ErrorCode.SYSTEM_ERROR, "does not exist", push.formatted(dir.resolve("none")), "", reuse);
        Path small = Images.raw(dir.resolve("small.raw"), "4M");
        assertRefused(ErrorCode.INVALID_ARG, "must be equal", push.formatted(small), "", reuse);
        assertThat(small).exists();
    }

    @Test
    void refusesToQuiesceWithoutAnAgent() {
        assertRefused(
                ErrorCode.OPERATION_UNSUPPORTED,
                "org.qemu.guest_agent.0",
                "<domainbackup/>",
                "",
                Set.of(BackupBeginFlag.QUIESCE));
    }

    @Test
    void refusesASocketThatSomeoneListensOn() throws IOException {
        Path socket = dir.resolve("taken.sock");
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            assertRefused(ErrorCode.INVALID_ARG, "listens", document("PULL " + socket), "", Set.of());
        }
    }

    @Test
    void refusesToPullWhileSomeoneElseUsesQemusNbdServer() throws Exception {
        try (QmpMonitor monitor = vm.monitor()) {
            monitor.execute(new StartNbdServer(dir.resolve("foreign.sock"), 0), Deadline.in(LIMIT));
            assertRefused(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    "nbd-server-stop",
                    document("PULL " + dir.resolve("p.sock")),
                    "",
                    Set.of());
            monitor.execute(new StopNbdServer(), Deadline.in(LIMIT));
        }
    }

    @Test
    void refusesAnAddressThatAnotherJobServesAndNamesIt() {
        int first = vm.domain()
                .backupBegin(
                        BackupXml.read(document("PULL " + dir.resolve("first.sock"))),
                        java.util.Optional.empty(),
                        Set.of());
        String again = document("PULL " + dir.resolve("first.sock"));
        assertRefused(ErrorCode.OPERATION_INVALID, "job " + first, again, "", Set.of());
        vm.domain().backupEnd(first, Set.of());
    }

    @Test
    void aDomainWithoutAGuestCannotBeQuiesced(@TempDir Path other) {
        try (var off = TestDomain.in(other).define()) {
            VirtException refusal = catchThrowableOfType(
                    VirtException.class,
                    () -> off.domain()
                            .backupBegin(
                                    BackupXml.read("<domainbackup/>"),
                                    java.util.Optional.empty(),
                                    Set.of(BackupBeginFlag.QUIESCE)));
            assertThat(refusal.code()).isEqualTo(ErrorCode.OPERATION_INVALID);
        }
    }

    private void assertRefused(
            ErrorCode code, String words, String backup, String checkpoint, Set<BackupBeginFlag> flags) {
        try (var monitor = Monitor.connect(vm.run().watchMonitors().get(2))) {
            BlockState before = BlockState.capture(monitor);
            Set<String> filesBefore = files();
            VirtException refusal = catchThrowableOfType(
                    VirtException.class,
                    () -> vm.domain()
                            .backupBegin(
                                    BackupXml.read(backup),
                                    checkpoint.isEmpty()
                                            ? java.util.Optional.empty()
                                            : java.util.Optional.of(CheckpointXml.read(checkpoint)),
                                    flags));
            assertThat(refusal).as("refusal").isNotNull();
            assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
            assertThat(refusal).hasMessageContaining(words);
            before.requireUnchanged(monitor);
            assertThat(files()).isEqualTo(filesBefore);
        }
    }

    /// Everything in the image folder and in the domain's own, but for the count of ids that were given.
    private Set<String> files() {
        try (var paths = Files.walk(dir)) {
            var names = new TreeSet<String>();
            paths.map(path -> dir.relativize(path).toString())
                    .filter(name -> !name.endsWith("last-id.json"))
                    .forEach(names::add);
            return names;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static org.virtkeep.model.CheckpointDefinition checkpoint(String name, String disk) {
        return CheckpointXml.read(xml(name, disk));
    }

    private static String xml(String name, String disk) {
        return "<domaincheckpoint><name>%s</name><disks><disk name='%s'/></disks></domaincheckpoint>"
                .formatted(name, disk);
    }
}
