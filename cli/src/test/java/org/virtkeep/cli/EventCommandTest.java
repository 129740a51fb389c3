package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.Event;
import org.virtkeep.api.JobState;

class EventCommandTest {
    private static final Event STARTED =
            new Event.Lifecycle(101, Jobs.STARTED, "web1", Event.LifecycleType.STARTED, "booted");
    private static final Event DISK_DONE = new Event.BlockJob(
            102,
            Jobs.STARTED,
            "web1",
            3,
            "vda",
            "/images/web1.qcow2",
            Event.BlockJobStatus.FAILED,
            Optional.of("no space left on device"));
    private static final Event JOB_DONE = new Event.JobCompleted(
            103, Jobs.STARTED, "web1", Jobs.push(JobState.FAILED, 256, Optional.of("no space left on device")));
    private static final Event OTHER = new Event.Lifecycle(104, Jobs.STARTED, "web2", Event.LifecycleType.STOPPED, "");
    private static final Event LOST = new Event.EventsLost(105, Jobs.STARTED);

    private final Shell shell = new Shell();

    @BeforeEach
    void addDomain() {
        shell.host.add("web1", 1);
    }

    @Test
    void endsAfterOneEvent() {
        shell.host.batches.add(List.of());
        shell.host.batches.add(List.of(STARTED, DISK_DONE));
        assertThat(shell.run("event").out()).isEqualTo("""
                event 'lifecycle' for domain 'web1': started booted
                events received: 1
                """);
        assertThat(shell.host.calls).containsExactly("events after 100", "events after 100");
    }

    @Test
    void goesOnUntilTheTimeIsOver() {
        shell.host.batches.add(List.of(STARTED));
        shell.host.batches.add(List.of(DISK_DONE, JOB_DONE, OTHER, LOST));
        assertThat(shell.run("event", "--loop", "--timeout", "1", "--timestamp"))
                .isEqualTo(new Shell.Result(0, """
                2026-03-01 12:00:00 +0000: event 'lifecycle' for domain 'web1': started booted
                2026-03-01 12:00:00 +0000: event 'block-job' for domain 'web1': backup job 3, disk vda \
                (/images/web1.qcow2) failed: no space left on device
                2026-03-01 12:00:00 +0000: event 'job-completed' for domain 'web1': backup job 3 failed, \
                256.000 MiB in 4.0 s: no space left on device
                2026-03-01 12:00:00 +0000: event 'lifecycle' for domain 'web2': stopped
                2026-03-01 12:00:00 +0000: events were lost before this one: nobody read them in time
                events received: 4
                """, ""));
        assertThat(shell.host.calls).startsWith("events after 100", "events after 101", "events after 105");
    }

    @Test
    void filtersByDomainAndType() {
        shell.host.batches.add(List.of(STARTED, OTHER, DISK_DONE, JOB_DONE));
        assertThat(shell.run("-q", "event", "web1", "--loop", "--timeout=1", "--event", "block-job,job-completed")
                        .out()
                        .lines())
                .hasSize(2)
                .allMatch(line -> line.contains("backup job 3"));
        assertThat(shell.run("event", "nobody").code()).isEqualTo(1);
    }

    @Test
    void writesOneLineOfJsonForEachEvent() {
        shell.host.batches.add(List.of(STARTED, DISK_DONE, JOB_DONE, LOST));
        List<String> lines = shell.run("event", "--json", "--loop", "--timeout", "1", "--after", "7")
                .out()
                .lines()
                .toList();
        assertThat(shell.host.calls).startsWith("events after 7");
        assertThat(lines)
                .containsSubsequence(
                        "{\"sequence\":101,\"time\":\"2026-03-01T12:00:00Z\",\"event\":\"lifecycle\","
                                + "\"domain\":\"web1\",\"type\":\"started\",\"typeCode\":2,\"detail\":\"booted\"}",
                        "{\"sequence\":102,\"time\":\"2026-03-01T12:00:00Z\",\"event\":\"block-job\","
                                + "\"domain\":\"web1\",\"id\":3,\"disk\":\"vda\",\"path\":\"/images/web1.qcow2\","
                                + "\"type\":5,\"status\":\"failed\",\"statusCode\":1,"
                                + "\"error\":\"no space left on device\"}",
                        "{\"sequence\":105,\"time\":\"2026-03-01T12:00:00Z\",\"event\":\"events-lost\","
                                + "\"domain\":null}");
        assertThat(lines.get(2)).contains("\"event\":\"job-completed\",\"domain\":\"web1\",\"job\":{\"domain\"");
    }

    @Test
    void failsWhenTheOneEventDoesNotCome() {
        assertThat(shell.run("event", "--timeout", "1"))
                .isEqualTo(new Shell.Result(1, "", "error: no such event came within 1 s\n"));
    }

    @Test
    void endsWhenNobodyReadsAnyMore() {
        var broken = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        shell.pipe = true;
        shell.host.batches.add(List.of(STARTED));
        shell.host.batches.add(List.of(DISK_DONE));
        Shell.Result result = shell.runInto(broken, "event", "--loop");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(shell.host.batches).hasSize(1);
    }

    @Test
    void endsWhenNobodyReadsAnyMoreThoughNothingHappens() {
        shell.abandoned = true;
        shell.host.batches.add(List.of());
        assertThat(shell.run("event", "--loop", "-q")).isEqualTo(new Shell.Result(0, "", ""));
        assertThat(shell.host.calls).containsExactly("events after 100");
    }

    @Test
    void listsTypesWithoutAHost() {
        assertThat(shell.run("event", "--list").out().lines())
                .containsExactly(
                        "lifecycle",
                        "block-job",
                        "job-completed",
                        "reboot",
                        "agent-lifecycle",
                        "device-added",
                        "device-removed",
                        "tray-change",
                        "io-error",
                        "block-threshold");
        assertThat(shell.uris).isEmpty();
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThat(shell.run("event", "--event", "rtc-change").err())
                .isEqualTo("error: event type 'rtc-change' is none of lifecycle, block-job, job-completed, reboot, "
                        + "agent-lifecycle, device-added, device-removed, tray-change, io-error, block-threshold; "
                        + "see 'virtkeep help event'\n");
        assertThat(shell.run("event", "--timeout", "0").code()).isEqualTo(2);
        assertThat(shell.run("event", "--all", "--event", "lifecycle").code()).isEqualTo(2);
        assertThat(shell.uris).isEmpty();
    }

    @Test
    void passesNoticesOnWhileItWaits() {
        shell.host.notices.add("backup job 2 was undone");
        shell.host.batches.add(List.of());
        shell.host.batches.add(List.of(STARTED));
        assertThat(shell.run("event").err()).isEqualTo("note: backup job 2 was undone\n");
    }
}
