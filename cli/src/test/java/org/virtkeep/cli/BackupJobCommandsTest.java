package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.Domain.BackupEnd;
import org.virtkeep.api.JobState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.VirtException;

class BackupJobCommandsTest {
    private final Shell shell = new Shell();
    private FakeDomain web;

    @BeforeEach
    void addDomain() {
        web = shell.host.add("web1", 1);
    }

    @Test
    void endsAJob() {
        assertThat(shell.run("backup-end", "web1").out()).isEqualTo("Backup job of domain 'web1' completed\n");
        assertThat(shell.run("backup-end", "web1", "--id", "3").out())
                .isEqualTo("Backup job 3 of domain 'web1' completed\n");
        web.end = BackupEnd.ABORTED;
        assertThat(shell.run("backup-end", "web1", "--id=3", "--abort", "--json")
                        .out())
                .isEqualTo("{\"domain\":\"web1\",\"id\":3,\"result\":\"aborted\",\"resultCode\":0}\n");
        assertThat(shell.run("domjobabort", "web1").out()).isEqualTo("Backup job of domain 'web1' aborted\n");
        assertThat(shell.host.calls)
                .containsExactly(
                        "web1 backupEnd 0 []",
                        "web1 backupEnd 3 []",
                        "web1 backupEnd 3 [ABORT]",
                        "web1 backupEnd 0 [ABORT]");
    }

    @Test
    void abortsOnlyAJobThatIsThere() {
        web.endRefusal = Optional.of(VirtException.qemu(ErrorCode.NO_DOMAIN_BACKUP, "domain 'web1' has no backup job"));
        assertThat(shell.run("domjobabort", "web1", "--json").err()).contains("\"code\":55,\"domain\":10");
        assertThat(shell.run("backup-end", "web1", "--json").err()).contains("\"code\":104,\"domain\":10");
    }

    @Test
    void refusesIdsThatCannotBe() {
        assertThat(shell.run("backup-end", "web1", "--id", "-3").code()).isEqualTo(2);
        assertThat(shell.run("backup-end", "web1", "--id", "x").err())
                .startsWith("error: invalid value for option '--id'")
                .endsWith("; see 'virtkeep help backup-end'\n");
    }

    @Test
    void passesTheReasonOfAFailedJobOn() {
        web.refusal = Optional.of(VirtException.qemu(
                ErrorCode.OPERATION_INVALID, "job 3 still copies; wait for it, or end it with --abort"));
        assertThat(shell.run("backup-end", "web1"))
                .isEqualTo(new Shell.Result(1, "", "error: job 3 still copies; wait for it, or end it with --abort\n"));
    }

    @Test
    void writesAJobsXml() {
        assertThat(shell.run("backup-dumpxml", "web1", "--id", "3").out()).isEqualTo("<domainbackup id='3'/>\n");
        assertThat(shell.host.calls).containsExactly("web1 backupXml 3");
    }

    @Test
    void listsJobs() {
        web.jobs.add(Jobs.push(JobState.FAILED, 256, Optional.of("no space left on device")));
        web.jobs.add(Jobs.pull(new NbdAddress.Tcp("::1", 10809)));
        assertThat(shell.run("backup-list", "web1").out().lines().map(String::strip))
                .contains(
                        "3    push   failed    2026-03-01 12:00:00 +0000   4.0 s     vda     256.000 MiB of 1.000 GiB"
                                + "   monday       no space left on device",
                        "4    pull   running   2026-03-01 12:00:00 +0000   4.0 s     vda     80.000 MiB of 64.000 MiB"
                                + "   -            -");
    }

    @Test
    void writesOneShapeOfJsonForPushAndPull() {
        web.jobs.add(Jobs.push(JobState.FAILED, 256, Optional.of("no space left on device")));
        web.jobs.add(Jobs.pull(new NbdAddress.Tcp("::1", 10809)));
        assertThat(shell.run("backup-list", "web1", "--json").out()).isEqualTo("""
                [{"domain":"web1","id":3,"mode":"push","state":"failed","started":"2026-03-01T12:00:00Z",\
                "ended":"2026-03-01T12:00:04Z","acknowledged":false,"checkpoint":"monday","type":4,"operation":9,\
                "time_elapsed":4000,"disk_total":1073741824,"disk_processed":268435456,"disk_remaining":805306368,\
                "disk_temp_used":0,"disk_temp_total":0,"success":false,"errmsg":"no space left on device",\
                "server":null,"clients":null,"disks":[{"name":"vda","state":"failed",\
                "error":"no space left on device","backupmode":"full","incremental":null,"total":1073741824,\
                "processed":268435456,"temp_used":0,"temp_total":0,"exportname":null,"exportbitmap":null,"uri":null,\
                "format":"qcow2","path":"/backup/vda.qcow2","time_elapsed":3000,"ended":"2026-03-01T12:00:03Z",\
                "fallback":null}]},\
                {"domain":"web1","id":4,"mode":"pull","state":"running","started":"2026-03-01T12:00:00Z",\
                "ended":null,"acknowledged":false,"checkpoint":null,"type":2,"operation":9,\
                "time_elapsed":4000,"disk_total":67108864,"disk_processed":83886080,"disk_remaining":0,\
                "disk_temp_used":2097152,"disk_temp_total":1073741824,"success":null,"errmsg":null,\
                "server":{"transport":"tcp","name":"::1","port":10809},"clients":2,"disks":[{"name":"vda",\
                "state":"running","error":null,"backupmode":"incremental","incremental":"monday","total":67108864,\
                "processed":83886080,"temp_used":2097152,"temp_total":1073741824,"exportname":"vda",\
                "exportbitmap":"backup-vda","uri":"nbd://[::1]:10809/vda","format":"qcow2",\
                "path":"/scratch/vda.qcow2","time_elapsed":4000,"ended":null,"fallback":null}]}]
                """);
    }

    @Test
    void tellsHowAPushGetsOn() {
        web.looks.add(Jobs.push(JobState.RUNNING, 256, Optional.empty()));
        assertThat(shell.run("domjobinfo", "web1").out()).isEqualTo("""
                Job type:       Unbounded
                Operation:      Backup
                Time elapsed:   4000 ms
                File processed: 256.000 MiB
                File remaining: 768.000 MiB
                File total:     1.000 GiB
                Job id:         3
                Mode:           push
                Started:        2026-03-01 12:00:00 +0000
                Checkpoint:     monday

                 Disk   State     Mode   Processed     Total       Elapsed   File                Error
                ----------------------------------------------------------------------------------------
                 vda    running   full   256.000 MiB   1.000 GiB   4.0 s     /backup/vda.qcow2   -

                """);
        assertThat(shell.host.calls).containsExactly("web1 backupJob 0");
    }

    @Test
    void tellsHowAPullGetsOn() {
        web.looks.add(Jobs.pull(new NbdAddress.Unix("/run/s")));
        assertThat(shell.run("domjobinfo", "web1", "--id", "4").out())
                .contains("Data served:                80.000 MiB\n")
                .contains("Data remaining:             0 B\n")
                .contains("Temporary disk space used:  2.000 MiB\n")
                .contains("NBD clients:                2\n")
                .contains("incremental since monday");
        assertThat(shell.host.calls).containsExactly("web1 backupJob 4");
    }

    @Test
    void tellsWhyAJobFailed() {
        web.looks.add(Jobs.push(JobState.FAILED, 256, Optional.of("no space left on device")));
        assertThat(shell.run("domjobinfo", "web1").out())
                .contains("Job type:       Failed\n")
                .contains("Error message:  no space left on device\n");
        assertThat(shell.run("domjobinfo", "web1", "--json").out()).startsWith("{\"domain\":\"web1\",\"id\":3,");
    }

    @Test
    void saysNoneWhereThereNeverWasAJob() {
        assertThat(shell.run("domjobinfo", "web1")).isEqualTo(new Shell.Result(0, "Job type: None\n", ""));
        assertThat(shell.run("domjobinfo", "web1", "--json").out())
                .isEqualTo("{\"domain\":\"web1\",\"id\":null,\"type\":0,\"operation\":0}\n");
        assertThat(shell.run("domjobinfo", "web1", "--id", "9").code()).isEqualTo(1);
        assertThat(shell.run("domjobinfo", "web1", "--completed").out()).isEqualTo("Job type: None\n");
    }

    @Test
    void tellsTheLastEndedJobWhileAnotherRuns() {
        web.jobs.add(Jobs.push(JobState.COMPLETED, 1024, Optional.empty()));
        web.jobs.add(Jobs.pull(new NbdAddress.Unix("/run/s")));
        assertThat(shell.run("domjobinfo", "web1", "--completed").out()).contains("Job id:         3\n");
    }

    @Test
    void tellsTheResultOfOneEndedJobOnly() {
        web.looks.add(Jobs.push(JobState.COMPLETED, 1024, Optional.empty()));
        web.looks.add(Jobs.pull(new NbdAddress.Unix("/run/s")));
        assertThat(shell.run("domjobinfo", "web1", "--completed", "--id", "3").out())
                .contains("Job id:         3\n")
                .contains("completed");
        Shell.Result running = shell.run("domjobinfo", "web1", "--completed", "--id", "4");
        assertThat(running.code()).isEqualTo(1);
        assertThat(running.err()).contains("job 4").contains("has not ended");
    }
}
