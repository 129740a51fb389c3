package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

class CliTest {
    private final Shell shell = new Shell();

    @Test
    void runsInItsModule() {
        assertThat(Cli.class.getModule().getName()).isEqualTo("org.virtkeep.cli");
    }

    @Test
    void tellsItsVersion() {
        assertThat(shell.run("--version").out()).matches("virtkeep [0-9]+[.][0-9.]+(-SNAPSHOT)?\n");
    }

    @Test
    void connectsWhereItIsToldTo() {
        shell.run("list");
        shell.environment.put("VIRTKEEP_URI", "env:///");
        shell.run("list");
        shell.run("-c", "first:///", "list");
        shell.run("list", "--connect=second:///");
        assertThat(shell.uris)
                .containsExactly(
                        "qemu:///embed?root=/home/user/.local/state/virtkeep", "env:///", "first:///", "second:///");
    }

    @Test
    void passesOnWhatTheConnectionFound() {
        FakeDomain web = shell.host.add("web1", 1);
        shell.host.notices.add("backup job 2 was undone");
        assertThat(shell.run("domstate", "web1"))
                .isEqualTo(new Shell.Result(0, "running\n", "note: backup job 2 was undone\n"));
        shell.host.notices.add("one \"more\"");
        assertThat(shell.run("--json", "domstate", "web1").err()).isEqualTo("{\"note\":\"one \\\"more\\\"\"}\n");
        shell.host.notices.add("and before an error");
        web.refusal = Optional.of(VirtException.qemu(ErrorCode.OPERATION_FAILED, "no"));
        assertThat(shell.run("suspend", "web1").err()).isEqualTo("note: and before an error\nerror: no\n");
    }

    @Test
    void tellsErrorsAsJsonWithLibvirtsNumbers() {
        assertThat(shell.run("domstate", "nobody", "--json")).isEqualTo(new Shell.Result(1, "", """
                        {"error":{"code":42,"domain":10,"codeName":"NO_DOMAIN","domainName":"QEMU",\
                        "message":"no domain 'nobody'"}}
                        """));
        assertThat(shell.run("--json", "domstate").err()).startsWith("{\"error\":{\"code\":8,\"domain\":0,");
    }

    @Test
    void tellsWhatIsWrongWithACommandLine() {
        assertThat(shell.run()).isEqualTo(new Shell.Result(2, "", "error: no command given; see 'virtkeep help'\n"));
        assertThat(shell.run("strat", "web1").err())
                .isEqualTo("error: unknown command 'strat' (did you mean 'start'?); see 'virtkeep help'\n");
        assertThat(shell.run("xyz").err()).isEqualTo("error: unknown command 'xyz'; see 'virtkeep help'\n");
        assertThat(shell.run("start", "web1", "--pausde").err())
                .isEqualTo("error: unknown option '--pausde' (did you mean '--paused'?); see 'virtkeep help start'\n");
        assertThat(shell.run("start").err())
                .isEqualTo("error: command 'start' needs DOMAIN; see 'virtkeep help start'\n");
        assertThat(shell.run("start", "a", "b").err())
                .isEqualTo("error: command 'start' takes no further argument, but got 'b'; "
                        + "see 'virtkeep help start'\n");
        assertThat(shell.run("-x", "list").code()).isEqualTo(2);
        assertThat(shell.run("list", "-c").code()).isEqualTo(2);
        assertThat(shell.uris).isEmpty();
    }

    @Test
    void admitsAFaultOfItsOwnWithoutAStackTrace() {
        FakeDomain web = shell.host.add("web1", 1);
        web.disks.add(null);
        Shell.Result result = shell.run("domblklist", "web1");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: internal error: ").hasLineCount(1);
        assertThat(shell.run("domblklist", "web1", "--debug").err()).contains("\tat org.virtkeep.cli");
    }

    @Test
    void takesWordsAsTheyAre() {
        assertThat(shell.run("domstate", "@/etc/hostname").err()).isEqualTo("error: no domain '@/etc/hostname'\n");
        assertThat(shell.run("domstate", "--", "-x").err()).isEqualTo("error: no domain '-x'\n");
    }

    @Test
    void doesNotMindAReaderThatHasEnough() {
        shell.pipe = true;
        assertThat(shell.runInto(full(), "help").code()).isZero();
    }

    @Test
    void mindsAFullDisk() {
        Shell.Result result = shell.runInto(full(), "help");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: standard output could not be written");
    }

    private static OutputStream full() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("no space left on device");
            }
        };
    }
}
