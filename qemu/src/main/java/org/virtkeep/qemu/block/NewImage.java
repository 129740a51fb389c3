package org.virtkeep.qemu.block;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qmp.CreateImage;
import org.virtkeep.qmp.DismissJob;
import org.virtkeep.qmp.ImageOptions;
import org.virtkeep.qmp.JobInfo;
import org.virtkeep.qmp.JobStatus;
import org.virtkeep.qmp.QmpEvent;
import org.virtkeep.qmp.QmpSubscription;
import org.virtkeep.qmp.QueryJobs;

/// How images are made for a running QEMU. Stateless.
public final class NewImage {

    /// For formatting an image: a handful of small writes.
    private static final Duration FORMAT_LIMIT = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private NewImage() {}

    /// Makes an empty file that QEMU may open, even if it runs as another user than we do.
    ///
    /// @throws VirtException SYSTEM_ERROR if it exists or cannot be made
    public static void reserve(DomainSession session, Path file) {
        try {
            session.root().durable().create(file);
            var peer = session.monitor().peer();
            if (peer.isPresent()
                    && !Files.getOwner(file).getName().equals(peer.get().user())) {
                Files.setOwner(
                        file,
                        file.getFileSystem()
                                .getUserPrincipalLookupService()
                                .lookupPrincipalByName(peer.get().user()));
            }
        } catch (IOException e) {
            throw Durable.failure("create", file, e);
        }
    }

    /// As [#reserve], and formats the file: QEMU need not be asked to. For what need not outlive QEMU.
    ///
    /// @param size  virtual size in bytes
    /// @param owner whoever it is made for: see [EmptyQcow2#owner]
    public static void reserveFormatted(DomainSession session, Path file, long size, String owner) {
        reserve(session, file);
        try {
            session.root().durable().fill(file, EmptyQcow2.of(size, owner));
        } catch (IOException e) {
            throw Durable.failure("format", file, e);
        }
    }

    /// Lets QEMU format a node.
    ///
    /// @param job the name of the job that does it; it is gone afterwards
    /// @param what for the message, such as `disk 'vda'`
    /// @throws VirtException SYSTEM_ERROR with QEMU's reason; OPERATION_TIMEOUT if it takes too long
    public static void format(DomainSession session, String job, ImageOptions options, String what) {
        JobInfo ended = create(session, job, options);
        session.execute(new DismissJob(job));
        ended.error().ifPresent(reason -> {
            throw VirtException.qemu(
                    ErrorCode.SYSTEM_ERROR, "%s: QEMU cannot format its image: %s".formatted(what, reason));
        });
    }

    private static JobInfo create(DomainSession session, String job, ImageOptions options) {
        try (QmpSubscription events = session.monitor().subscribe()) {
            session.execute(new CreateImage(job, options));
            return awaitConclusion(session, job, events);
        }
    }

    /// QEMU tells when the job has concluded, and is asked how; it is also asked now and then.
    private static JobInfo awaitConclusion(DomainSession session, String id, QmpSubscription events) {
        var deadline = Deadline.in(FORMAT_LIMIT);
        while (!deadline.hasPassed()) {
            awaitConcluded(id, events);
            Optional<JobInfo> job = session.execute(new QueryJobs()).stream()
                    .filter(candidate -> candidate.id().equals(id))
                    .findFirst();
            if (job.isPresent() && job.get().status() == JobStatus.CONCLUDED) {
                return job.get();
            }
        }
        throw VirtException.qemu(
                ErrorCode.OPERATION_TIMEOUT,
                "domain '%s': QEMU did not format an image within %d s; is its storage slow or gone?"
                        .formatted(session.name(), FORMAT_LIMIT.toSeconds()));
    }

    private static void awaitConcluded(String id, QmpSubscription events) {
        if (events.end().isPresent()) {
            LockSupport.parkNanos(PAUSE.toNanos());
            return;
        }
        var deadline = Deadline.in(PAUSE);
        Optional<QmpEvent> event;
        do {
            event = events.next(deadline);
        } while (event.isPresent() && !isConclusion(event.get(), id));
    }

    private static boolean isConclusion(QmpEvent event, String id) {
        return event.name().equals("JOB_STATUS_CHANGE")
                && event.data().path("id").asText().equals(id)
                && event.data().path("status").asText().equals("concluded");
    }
}
