package org.virtkeep.qemu.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;

/// The keeper's work while its job runs: looks at QEMU many times a second without taking the domain's lock,
/// frees the guest if the backup gets in its way, and moves the job on. Confined to one thread.
final class JobWatch {

    /// How often the job is moved on, or its progress published.
    private static final Duration STEP = Duration.ofMillis(250);

    /// How long a direct reader may be stopped, as by somebody who suspends it to let it go on in the background.
    /// QEMU may wait for it meanwhile.
    private static final Duration READER_PATIENCE = Duration.ofSeconds(5);

    private final Root root;
    private final DomainFolder folder;
    private final int id;
    private final Optional<FrontEnd> frontEnd;
    private final JobStore jobs;
    private final Sessions sessions;
    private final QemuWatch watch;
    private final PublishedProgress progress;

    private Optional<Deadline> readerPatience = Optional.empty();
    private volatile boolean leaving;

    JobWatch(Root root, String domain, int id, Optional<FrontEnd> frontEnd) {
        this.root = root;
        this.folder = root.folder(domain);
        this.id = id;
        this.frontEnd = frontEnd;
        this.jobs = new JobStore(folder, root.durable());
        this.progress = new PublishedProgress(jobs, id);
        frontEnd.ifPresent(server -> server.whenAClientLeaves(() -> progress.publish(server)));
        var recovery = new BackupJobs(KeeperControl.inside(this::stopServing));
        this.sessions = new Sessions(root, recovery);
        this.watch = new QemuWatch(folder, jobs, root.tag());
    }

    /// Returns when the job has ended, or soon after [#leave].
    void run() {
        try (watch) {
            Deadline nextStep = Deadline.in(STEP);
            for (Optional<JobRecord> job = running(); job.isPresent() && !leaving; job = running()) {
                look(job.get());
                if (nextStep.hasPassed() && !leaving) {
                    step(job.get());
                    nextStep = Deadline.in(STEP);
                }
            }
        }
    }

    /// Ends the watch after the look in work, and with it the connection to QEMU. Any thread.
    void leave() {
        leaving = true;
        watch.wake();
    }

    private void stopServing() {
        progress.stop();
        frontEnd.ifPresent(FrontEnd::close);
    }

    private Optional<JobRecord> running() {
        return jobs.find(id).filter(job -> !job.hasEnded());
    }

    /// One look at QEMU, the front-end and the file systems.
    private void look(JobRecord job) {
        switch (watch.look(job)) {
            case QemuWatch.Sight.Fine() -> {}
            case QemuWatch.Sight.Freed() -> touch("end backup job " + id);
            case QemuWatch.Sight.Unseen() -> touch("look after backup job " + id);
        }
    }

    private void step(JobRecord job) {
        if (job.push() || job.phase() == JobRecord.Phase.ENDING) {
            touch("move backup job " + id + " on");
            return;
        }
        frontEnd.ifPresent(server -> {
            progress.publish(server);
            server.failure()
                    .or(() -> idleTooLong(server, job))
                    .or(this::stoppedTooLong)
                    .ifPresent(this::fail);
        });
    }

    /// Ends a direct reader that stays stopped.
    private Optional<String> stoppedTooLong() {
        Optional<ProcessIdentity> stopped = DirectReader.toKill(jobs, id).filter(ProcessIdentity::isStopped);
        if (stopped.isEmpty()) {
            readerPatience = Optional.empty();
            return Optional.empty();
        }
        Deadline limit = readerPatience.orElseGet(() -> Deadline.in(READER_PATIENCE));
        readerPatience = Optional.of(limit);
        return limit.hasPassed() && DirectReader.killStopped(jobs, id)
                ? Optional.of(
                        "process %d, which read the disks, was stopped for %s and has been killed, because QEMU waits for it"
                                .formatted(stopped.get().pid(), inWords(READER_PATIENCE)))
                : Optional.empty();
    }

    private Optional<String> idleTooLong(FrontEnd server, JobRecord job) {
        var limit = Duration.ofSeconds(job.idleSeconds());
        boolean idle = !limit.isZero()
                && server.clients() == 0
                && server.lastActivity().plus(limit).isBefore(Instant.now());
        return idle
                ? Optional.of("no NBD client was connected for %s; the backup was given up, because its scratch "
                                .formatted(inWords(limit))
                        + "images grow while it lasts")
                : Optional.empty();
    }

    private static String inWords(Duration limit) {
        return limit.toMinutes() > 0 ? limit.toMinutes() + " min" : limit.toSeconds() + " s";
    }

    /// Opening a session is all it takes: every session carries the domain's jobs on.
    private void touch(String what) {
        if (leaving) {
            return; // whoever told us to leave holds the domain
        }
        try (var _ = sessions.open(folder.name(), what, Deadline.in(Sessions.USUAL_LIMIT))) {
            return;
        } catch (VirtException e) {
            report("cannot " + what, e);
            Pause.of(STEP);
        }
    }

    /// Says why the job must end, for whichever session comes first to read, and opens one.
    private void fail(String reason) {
        jobs.noteTrouble(id, reason);
        touch("end backup job " + id);
    }

    private static void report(String what, Exception why) {
        System.err.println(what + ": " + why.getMessage());
    }
}
