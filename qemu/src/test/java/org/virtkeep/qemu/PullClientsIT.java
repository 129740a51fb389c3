package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Tools;

/// Who may connect to a pull's socket, and what is told of those who did.
@Tag("qemu")
class PullClientsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path dir;

    private TestDomain start(String group) {
        var settings = new BackupSettings(Duration.ZERO, PushPath.AUTO, Optional.empty(), Optional.of(group), false);
        return TestDomain.in(dir).settings(settings).start();
    }

    /// A group that this process may give files to.
    private String ownGroup() throws IOException {
        return Files.readAttributes(dir, PosixFileAttributes.class).group().getName();
    }

    private static void requireOpenTo(String group, Path socket) throws IOException {
        var attributes = Files.readAttributes(socket, PosixFileAttributes.class);
        assertThat(PosixFilePermissions.toString(attributes.permissions())).isEqualTo("rw-rw----");
        assertThat(attributes.group().getName()).isEqualTo(group);
    }

    @Test
    void aGroupMayConnectAlsoToTheNextKeeper() throws IOException {
        String group = ownGroup();
        try (var vm = start(group);
                var bench = new BackupBench(vm)) {
            int id = bench.pullAs("a", "", "");
            requireOpenTo(group, bench.socket("a"));
            new RunningJob(vm, id).killKeeper();
            vm.domain().backupJob(id); // gives it another
            requireOpenTo(group, bench.socket("a"));
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
        }
    }

    @Test
    void allThatAClientHasReadIsToldAndStaysOnRecord() throws IOException {
        Tools.require("nbdcopy");
        try (var vm = TestDomain.in(dir).start();
                var bench = new BackupBench(vm)) {
            vm.write("vda", "write -P 0x11 0 8M");
            int id = bench.pull("", "");
            Files.delete(bench.copy("vda", "copy"));
            Await.until("what was read is told", LIMIT, () -> read(vm, id) >= 8 << 20);
            long told = read(vm, id);
            assertThat(vm.domain().backupEnd(id, Set.of())).isEqualTo(BackupEnd.COMPLETED);
            assertThat(read(vm, id)).isGreaterThanOrEqualTo(told);
        }
    }

    private static long read(TestDomain vm, int job) {
        return vm.domain().backupJob(job).disks().getFirst().processed();
    }

    @Test
    void aGroupThatIsNotThereIsNamedAndNothingIsLeft() {
        try (var vm = start("no-such-group");
                var bench = new BackupBench(vm)) {
            Traces before = Traces.of(vm);
            assertRefused(ErrorCode.OPERATION_FAILED, () -> bench.pullAs("a", "", ""))
                    .hasMessageContaining("there is no group 'no-such-group'");
            assertThat(bench.socket("a")).doesNotExist();
            before.requireSame(Traces.of(vm));
        }
    }
}
