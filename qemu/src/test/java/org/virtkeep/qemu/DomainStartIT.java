package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.machine.QemuProcess;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.FaultyFiles;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Faults;
import org.virtkeep.testkit.HaltVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.VmDisk;

@Tag("qemu")
class DomainStartIT {
    private static final int INCOMPATIBLE_FEATURES_AT = 72; // docs/interop/qcow2.txt
    private static final long CORRUPT = 2;
    private static final int MAX_STEPS = 60;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    /// No process, no run, no socket.
    private static void assertNothingLeft(Root root) {
        DomainFolder folder = root.folder("vm");
        assertThat(QemuProcess.toldToListenOn(folder.socket("qmp0.sock"))).isEmpty();
        assertThat(folder.readRun()).isEmpty();
        assertThat(folder.liveXmlFile()).doesNotExist();
        if (Files.exists(folder.run())) { // which is made at the first start that comes so far
            assertThat(folder.run()).isEmptyDirectory();
        }
    }

    @Test
    void aMissingImageIsNamed() throws IOException {
        try (var vm = TestDomain.in(dir).define()) {
            Files.delete(vm.image("vda"));
            assertRefused(ErrorCode.SYSTEM_ERROR, () -> vm.domain().start(Set.of()))
                    .hasMessageContaining("image '" + vm.image("vda") + "' of disk 'vda'")
                    .hasMessageContaining("no such file");
            assertNothingLeft(vm.root());
            assertThat(vm.events()).containsExactly("DEFINED added");
        }
    }

    @Test
    void whatQemuComplainsAboutIsTold() {
        try (var vm = TestDomain.in(dir)
                .diskElements("<serial type='file'><source path='/no/dir/log'/></serial>")
                .define()) {
            assertRefused(ErrorCode.INTERNAL_ERROR, () -> vm.domain().start(Set.of()))
                    .hasMessageContaining("'vm' ended with status 1")
                    .hasMessageContaining("/no/dir/log");
            assertNothingLeft(vm.root());
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
        }
    }

    @Test
    void anotherEmulatorThanThereIsIsRefused() {
        try (var vm = TestDomain.in(dir)
                .diskElements("<emulator>/usr/bin/no-such-qemu</emulator>")
                .define()) {
            assertRefused(ErrorCode.OPERATION_UNSUPPORTED, () -> vm.domain().start(Set.of()))
                    .hasMessageContaining("/usr/bin/no-such-qemu");
            assertNothingLeft(vm.root());
        }
    }

    @Test
    void anEmulatorThatDoesNotWorkIsRefused() {
        try (var vm = TestDomain.in(dir)
                .diskElements("<emulator>/bin/false</emulator>")
                .define()) {
            assertRefused(ErrorCode.OPERATION_UNSUPPORTED, () -> vm.domain().start(Set.of()))
                    .hasMessageContaining("'/bin/false' does not work");
        }
    }

    @Test
    void sinceTheRootsPathIsTooLongTheDomainIsNotEvenDefined() throws IOException {
        Path deep = Files.createDirectories(dir.resolve("d".repeat(100)));
        Root root = Root.open(deep.resolve("root"));
        try (var connection =
                new EmbeddedConnection("qemu:///embed", root, JobServices.of(root, BackupSettings.DEFAULT))) {
            assertRefused(
                            ErrorCode.CONFIG_UNSUPPORTED,
                            () -> connection.define(TestDomain.xml("vm", TestDomain.haltingBios(dir), "", "")))
                    .hasMessageContaining("choose a shorter root directory");
            assertThat(connection.domains(Set.of())).isEmpty();
        }
    }

    /// QEMU 7.2 that exits after it opened its images leaves their bitmaps marked as in use, which makes them
    /// useless. So nothing of this kind may happen.
    @Test
    void aStartThatFailsDoesNotHarmBitmaps() {
        try (var vm = TestDomain.in(dir).disks(1).define()) {
            Tool.run("qemu-img", "bitmap", "--add", vm.image("vda").toString(), "c1");
            String good = vm.domain().xml();
            String second = TestDomain.disk("vdb", Images.qcow2(dir.resolve("b.qcow2"), "8M"));
            assertStartFails(vm, good, "<serial type='file'><source path='/no/dir/log'/></serial>", "/no/dir/log");
            assertStartFails(vm, good, second.replace("type='qcow2'", "type='qcow2' io='native'"), "cache.direct");
            vm.connection().define(good);
            vm.domain().start(Set.of());
            vm.domain().destroy();
            assertThat(DomainLifecycleIT.bitmapFlags(vm.image("vda"))).isEqualTo("[\"auto\"]");
        }
    }

    private static void assertStartFails(TestDomain vm, String good, String device, String complaint) {
        vm.connection().define(good.replace("</devices>", device + "</devices>"));
        assertRefused(ErrorCode.INTERNAL_ERROR, () -> vm.domain().start(Set.of()))
                .hasMessageContaining(complaint);
        assertThat(DomainLifecycleIT.bitmapFlags(vm.image("vda"))).isEqualTo("[\"auto\"]");
        assertNothingLeft(vm.root());
    }

    @Test
    void aCorruptImageIsNamedWithTheWayOut() throws IOException {
        try (var vm = TestDomain.in(dir).define()) {
            try (var image = new RandomAccessFile(vm.image("vda").toFile(), "rw")) {
                image.seek(INCOMPATIBLE_FEATURES_AT);
                image.writeLong(CORRUPT);
            }
            assertRefused(ErrorCode.OPERATION_FAILED, () -> vm.domain().start(Set.of()))
                    .hasMessageContaining("qemu-img check -r all '" + vm.image("vda") + "'");
        }
    }

    @Test
    void anImageThatIsInUseIsFoundBeforeAnyIsOpened() throws IOException {
        Path other = Files.createDirectory(dir.resolve("other"));
        try (var vm = TestDomain.in(dir).disks(2).define();
                var user = HaltVm.in(other)
                        .disks(VmDisk.qcow2("disk", vm.image("vdb")))
                        .start()) {
            Tool.run("qemu-img", "bitmap", "--add", vm.image("vda").toString(), "c1");
            assertThat(user.status()).isEqualTo("running");
            assertRefused(ErrorCode.RESOURCE_BUSY, () -> vm.domain().start(Set.of()))
                    .hasMessageContaining("disk 'vdb'")
                    .hasMessageContaining("lock");
            assertThat(DomainLifecycleIT.bitmapFlags(vm.image("vda"))).isEqualTo("[\"auto\"]");
            assertNothingLeft(vm.root());
        }
    }

    @Test
    void everyFailingFileOperationUndoesTheStart() {
        try (var vm = TestDomain.in(dir).define()) {
            Tool.run("qemu-img", "bitmap", "--add", vm.image("vda").toString(), "c1");
            int steps = Faults.everySingle(MAX_STEPS, faults -> {
                Root faulty = Root.open(vm.root().dir(), new FaultyFiles(faults));
                var sessions = new Sessions(faulty, JobRecovery.NONE);
                try (var session = sessions.open("vm", "start")) {
                    sessions.start(session, false);
                    assertThat(session.state()).isEqualTo(DomainState.RUNNING);
                } catch (VirtException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM_ERROR);
                    assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
                    assertNothingLeft(vm.root());
                    vm.domain().start(Set.of());
                }
                vm.domain().destroy();
                assertThat(DomainLifecycleIT.bitmapFlags(vm.image("vda"))).isEqualTo("[\"auto\"]");
            });
            assertThat(steps).isGreaterThan(10);
        }
    }

    @Test
    void whoeverComesAfterAKilledStarterTidiesUp() {
        try (var vm = TestDomain.in(dir).define()) {
            Tool.run("qemu-img", "bitmap", "--add", vm.image("vda").toString(), "c1");
            boolean killed = true;
            int step = 0;
            while (killed) {
                step += 3; // each step would take long; which ones does not matter
                try (var child = JavaChild.start(Starter.class, vm.root().dir().toString(), Integer.toString(step))) {
                    killed = child.awaitExit() == Starter.HALTED;
                }
                DomainState state = vm.domain().state();
                assertThat(state).isIn(DomainState.SHUTOFF, DomainState.PAUSED, DomainState.RUNNING);
                if (state == DomainState.SHUTOFF) {
                    assertThat(QemuProcess.toldToListenOn(vm.root().folder("vm").socket("qmp0.sock")))
                            .isEmpty();
                    vm.domain().start(Set.of());
                }
                vm.domain().resume();
                assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
                vm.domain().destroy();
                assertThat(DomainLifecycleIT.bitmapFlags(vm.image("vda"))).isEqualTo("[\"auto\"]");
            }
            assertThat(step).isGreaterThan(10);
        }
    }

    /// Starts a domain and dies before a given change of a file.
    static final class Starter {
        private static final int HALTED = 77;

        public static void main(String[] arguments) {
            int[] left = {Integer.parseInt(arguments[1])};
            Root root = Root.open(Path.of(arguments[0]), new FaultyFiles(_ -> {
                if (--left[0] == 0) {
                    Runtime.getRuntime().halt(HALTED);
                }
            }));
            try (var connection =
                    new EmbeddedConnection("qemu:///embed", root, JobServices.of(root, BackupSettings.DEFAULT))) {
                connection.domain("vm").start(Set.of());
            }
        }
    }

    @Test
    void aKillDuringAStartLeavesNothingOfTheStart() {
        try (var vm = TestDomain.in(dir).define()) {
            // The wrapper takes the place of QEMU and never answers.
            DomainFolder folder = vm.root().folder("vm");
            try (var child =
                    JavaChild.start(HangingStarter.class, vm.root().dir().toString())) {
                Await.until(
                        "the emulator",
                        LIMIT,
                        () -> !QemuProcess.toldToListenOn(folder.socket("qmp0.sock"))
                                .isEmpty());
                child.kill();
            }
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF);
            assertNothingLeft(vm.root());
            assertThat(vm.connection().notices()).singleElement().asString().contains("interrupted");
            assertThat(vm.events()).endsWith("STOPPED failed");
        }
    }

    /// Starts a domain whose emulator hangs.
    static final class HangingStarter {
        public static void main(String[] arguments) throws IOException {
            Root root = Root.open(Path.of(arguments[0]));
            Path hanging = root.dir().resolveSibling("hanging-qemu");
            Files.writeString(hanging, "#!/bin/sh\n[ \"$1\" = -help ] || while :; do sleep 1; done\n");
            hanging.toFile().setExecutable(true);
            try (var connection =
                    new EmbeddedConnection("qemu:///embed", root, JobServices.of(root, BackupSettings.DEFAULT))) {
                Domain domain = connection.domain("vm");
                String xml = domain.xml().replace("</devices>", "<emulator>" + hanging + "</emulator></devices>");
                connection.define(xml).start(Set.of());
            }
        }
    }
}
