package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Event;
import org.virtkeep.api.JobState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.VirtException;

class BackupBeginCommandTest {
    private static final String PULL =
            "<domainbackup mode='pull'><server transport='unix' socket='/run/s'/>" + "</domainbackup>";

    private final Shell shell = new Shell();
    private FakeDomain web;

    @TempDir
    private Path directory;

    @BeforeEach
    void addDomain() {
        web = shell.host.add("web1", 1);
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private List<String> calls(String containing) {
        return shell.host.calls.stream()
                .filter(call -> call.contains(containing))
                .toList();
    }

    @Test
    void pushesEverythingWithoutADocument() {
        assertThat(shell.run("backup-begin", "web1"))
                .isEqualTo(new Shell.Result(0, "Backup job 3 of domain 'web1' started\n", ""));
        assertThat(shell.host.calls)
                .containsExactly("web1 backupBegin Push[incremental=Optional.empty, disks=[]] Optional.empty []");
    }

    @Test
    void writesTheIdAloneForScripts() {
        assertThat(shell.run("backup-begin", "web1", "--id-only").out()).isEqualTo("3\n");
        assertThat(shell.run("backup-begin", "web1", "--json").out()).isEqualTo("{\"domain\":\"web1\",\"id\":3}\n");
    }

    @Test
    void readsBothDocumentsByPlaceOrByName() throws IOException {
        String backup = file("b.xml", "<domainbackup><incremental>sunday</incremental></domainbackup>");
        String checkpoint = file("c.xml", "<domaincheckpoint><name>monday</name></domaincheckpoint>");
        String begun = "web1 backupBegin Push[incremental=Optional[sunday], disks=[]] Optional[monday] "
                + "[REUSE_EXTERNAL, QUIESCE]";
        shell.run("backup-begin", "web1", backup, checkpoint, "--reuse-external", "--quiesce");
        shell.run(
                "backup-begin",
                "--reuse-external",
                "--quiesce",
                "--backupxml",
                backup,
                "--checkpointxml=" + checkpoint,
                "--domain",
                "web1");
        assertThat(shell.host.calls).containsExactly(begun, begun);
    }

    @Test
    void tellsWhichDisksWentFull() {
        web.looks.add(Jobs.fallenBack("bitmap 'monday' is missing"));
        Shell.Result result = shell.run(
                "backup-begin", "web1", "--fallback", "full", "--all-or-nothing", "--preserve-domain-on-shutdown");
        assertThat(result.err()).isEqualTo("note: disk 'vda' is backed up in full: bitmap 'monday' is missing\n");
        assertThat(calls("[ALL_OR_NOTHING, FALLBACK_FULL, PRESERVE_SHUTDOWN]")).hasSize(1);
        assertThat(shell.run("backup-begin", "web1", "--fallback", "none").code())
                .isEqualTo(2);
    }

    @Test
    void mayLeaveOutTheFirstDocumentOnly() throws IOException {
        String checkpoint = file("c.xml", "<domaincheckpoint><name>monday</name></domaincheckpoint>");
        shell.run("backup-begin", "web1", "--checkpointxml", checkpoint);
        assertThat(shell.host.calls)
                .containsExactly("web1 backupBegin Push[incremental=Optional.empty, disks=[]] Optional[monday] []");
    }

    @Test
    void readsStandardInputOnce() {
        shell.input = "<domainbackup><incremental>sunday</incremental></domainbackup>".getBytes(StandardCharsets.UTF_8);
        shell.run("backup-begin", "web1", "-");
        assertThat(calls("Optional[sunday]")).hasSize(1);
        assertThat(shell.run("backup-begin", "web1", "-", "-").code()).isEqualTo(2);
    }

    @Test
    void refusesABadDocumentBeforeAnythingHappens() throws IOException {
        Shell.Result result = shell.run("backup-begin", "web1", file("b.xml", "<domainbackup mode='sideways'/>"));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: ").contains("sideways");
        assertThat(calls("backupBegin")).isEmpty();
    }

    @Test
    void tellsWhereAPullIsServed() throws IOException {
        web.looks.add(Jobs.pull(new NbdAddress.Unix("/run/my sock")));
        assertThat(shell.run("backup-begin", "web1", file("b.xml", PULL)).out()).isEqualTo("""
                Backup job 3 of domain 'web1' started
                    vda: nbd+unix:///vda?socket=/run/my%20sock, changes in qemu:dirty-bitmap:backup-vda
                """);
        assertThat(shell.run("backup-begin", "web1", file("b.xml", PULL), "--id-only")
                        .out())
                .isEqualTo("3\n");
    }

    @Test
    void refusesToWaitForAPull() throws IOException {
        Shell.Result result = shell.run("backup-begin", "web1", file("b.xml", PULL), "--wait");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--wait is for a push");
        assertThat(calls("backupBegin")).isEmpty();
    }

    @Test
    void followsAPushToItsEndAndAcknowledgesIt() {
        web.looks.add(Jobs.push(JobState.RUNNING, 0, Optional.empty()));
        web.looks.add(Jobs.push(JobState.RUNNING, 512, Optional.empty()));
        web.looks.add(Jobs.push(JobState.COMPLETED, 1024, Optional.empty()));
        shell.host.batches.add(List.of());
        shell.host.batches.add(
                List.of(new Event.Lifecycle(101, Jobs.STARTED, "web1", Event.LifecycleType.RESUMED, "")));
        assertThat(shell.run("backup-begin", "web1", "--wait")).isEqualTo(new Shell.Result(0, """
                        Backup job 3 of domain 'web1' started
                        Backup job 3 of domain 'web1' completed: 1.000 GiB in 4.0 s (256.000 MiB/s)
                        """, ""));
        assertThat(calls("events")).containsExactly("events after 100", "events after 100");
        assertThat(shell.host.calls.getLast()).isEqualTo("web1 backupEnd 3 []");
    }

    @Test
    void endsWithTheEventWhenTheDomainGoesMeanwhile() {
        web.looks.add(Jobs.push(JobState.RUNNING, 0, Optional.empty()));
        BackupJob other = Jobs.pull(new NbdAddress.Unix("/run/s"));
        BackupJob ended = Jobs.push(JobState.CANCELLED, 100, Optional.of("domain stopped"));
        shell.host.batches.add(List.of(
                new Event.JobCompleted(101, Jobs.STARTED, "web1", other),
                new Event.JobCompleted(102, Jobs.STARTED, "web2", ended)));
        shell.host.batches.add(List.of(new Event.JobCompleted(103, Jobs.STARTED, "web1", ended)));
        Shell.Result result = shell.run("backup-begin", "web1", "--wait", "--json");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
                .isEqualTo("{\"error\":{\"code\":78,\"domain\":10,\"codeName\":\"OPERATION_ABORTED\","
                        + "\"domainName\":\"QEMU\","
                        + "\"message\":\"backup job 3 of domain 'web1' cancelled: domain stopped\"}}\n");
        assertThat(calls("events")).containsExactly("events after 100", "events after 102");
    }

    @Test
    void failsWhenThePushFails() {
        web.looks.add(Jobs.push(JobState.FAILED, 100, Optional.of("no space left on device")));
        web.endRefusal = Optional.of(VirtException.qemu(ErrorCode.OPERATION_FAILED, "no space left on device"));
        Shell.Result result = shell.run("backup-begin", "web1", "--wait", "--id-only");
        assertThat(result)
                .isEqualTo(new Shell.Result(
                        1, "3\n", "error: backup job 3 of domain 'web1' failed: no space left on device\n"));
    }

    @Test
    void stillSucceedsWhenACompletedJobCannotBeAcknowledged() {
        web.looks.add(Jobs.push(JobState.COMPLETED, 1024, Optional.empty()));
        web.endRefusal = Optional.of(VirtException.qemu(ErrorCode.OPERATION_TIMEOUT, "too late"));
        Shell.Result result = shell.run("backup-begin", "web1", "--wait");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEqualTo("note: backup job 3 completed, but could not be acknowledged: too late\n");
        web.endRefusal = Optional.of(VirtException.qemu(ErrorCode.NO_DOMAIN, "gone"));
        assertThat(shell.run("backup-begin", "web1", "--wait").err()).isEmpty();
    }

    @Test
    void writesOneJsonObjectWhenItWaited() {
        web.looks.add(Jobs.push(JobState.COMPLETED, 1024, Optional.empty()));
        Shell.Result result = shell.run("backup-begin", "web1", "--wait", "--json");
        assertThat(result.code()).isZero();
        assertThat(result.out().lines()).hasSize(1);
        assertThat(result.out()).contains("\"id\":3,\"mode\":\"push\",\"state\":\"completed\"");
    }

    @Test
    void drawsProgressOnATerminalAndClearsIt() {
        shell.terminal = true;
        web.looks.add(Jobs.push(JobState.RUNNING, 512, Optional.empty()));
        web.looks.add(Jobs.push(JobState.COMPLETED, 1024, Optional.empty()));
        shell.host.batches.add(List.of());
        assertThat(shell.run("backup-begin", "web1", "--wait").err())
                .isEqualTo("\r\033[Kbackup job 3: 50.0 %, 512.000 MiB of 1.000 GiB\r\033[K");
        assertThat(shell.run("backup-begin", "web1", "--wait", "-q").err()).isEmpty();
    }
}
