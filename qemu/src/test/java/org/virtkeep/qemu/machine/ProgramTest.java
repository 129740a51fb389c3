package org.virtkeep.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.LeakCheck;

class ProgramTest {
    @TempDir
    private Path dir;

    private static Program.Result shell(String script) {
        return Program.run(List.of("sh", "-c", script), Deadline.inMillis(60_000));
    }

    @Test
    void tellsWhatAProgramPrintedAndHowItEnded() {
        var leaks = LeakCheck.begin();
        Program.Result result = shell("echo out; echo one >&2; echo ' two' >&2; exit 3");
        assertThat(result).isEqualTo(new Program.Result(3, "out\n", "one\n two\n"));
        assertThat(result.complaint()).isEqualTo("one; two");
        assertThat(shell("exit 4").complaint()).isEqualTo("exit code 4");
        leaks.requireNone();
    }

    @Test
    void cutsWhatIsTooLongWithoutStoppingTheProgram() {
        Program.Result result = shell("head -c 20000000 /dev/zero");
        assertThat(result.succeeded()).isTrue();
        assertThat(result.output()).hasSize(16 << 20);
    }

    @Test
    void killsAProgramThatDoesNotEnd() {
        var leaks = LeakCheck.begin();
        assertThatThrownBy(() -> Program.run(List.of("sleep", "1000"), Deadline.inMillis(50)))
                .hasMessageContaining("'sleep' did not end")
                .extracting(e -> ((VirtException) e).code())
                .isEqualTo(ErrorCode.OPERATION_TIMEOUT);
        leaks.requireNone();
    }

    @Test
    void namesAMissingProgram() {
        assertThatThrownBy(() -> Program.run(List.of("no-such-program"), Deadline.inMillis(50)))
                .hasMessageContaining("'no-such-program' was not found");
        assertThat(Program.find("/etc/passwd")).isEmpty();
        assertThat(Program.find("sh")).isPresent();
    }

    @Test
    void kvmThatCannotBeUsedIsRefusedWithTheWayOut() {
        assertThatThrownBy(() -> Accelerator.requireUsable(dir.resolve("kvm"), "vm"))
                .hasMessageContaining("domain 'vm' has type 'kvm', but this host has no")
                .hasMessageContaining("use type 'qemu'")
                .extracting(e -> ((VirtException) e).code())
                .isEqualTo(ErrorCode.CONFIG_UNSUPPORTED);
        assertThatThrownBy(() -> Accelerator.requireUsable(dir, "vm")).hasMessageContaining("cannot be opened");
    }
}
