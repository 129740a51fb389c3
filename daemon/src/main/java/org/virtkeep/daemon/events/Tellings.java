package org.virtkeep.daemon.events;

import java.util.List;
import org.virtkeep.api.Event;
import org.virtkeep.daemon.wire.JobStats;
import org.virtkeep.daemon.wire.WireJob;
import org.virtkeep.rpc.BackupEnded;
import org.virtkeep.rpc.DiskEvent;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.GuestEvent;
import org.virtkeep.rpc.JobEvent;
import org.virtkeep.rpc.LibvirtEvents;
import org.virtkeep.rpc.VirtkeepProgram;

/// What clients are told of an event. Stateless.
final class Tellings {
    private Tellings() {}

    /// The messages about `event`, in their order.
    ///
    /// @param domain the one it happened to, as it was then
    static List<Telling<?>> of(Event event, DomainRef domain) {
        return switch (event) {
            case Event.Lifecycle lifecycle -> List.of(lifecycle(lifecycle, domain));
            case Event.BlockJob job -> blockJob(job, domain);
            case Event.JobCompleted job -> jobCompleted(job, domain);
            case Event.GuestNotice notice -> NoticeTellings.of(notice.notice(), domain);
            case Event.EventsLost _ -> List.of();
        };
    }

    private static Telling<?> lifecycle(Event.Lifecycle event, DomainRef domain) {
        return new Telling<>(
                LibvirtEvents.LIFECYCLE,
                id -> new GuestEvent.Lifecycle(id, domain, event.type().wireValue(), LifecycleDetail.of(event)));
    }

    private static List<Telling<?>> blockJob(Event.BlockJob event, DomainRef domain) {
        int type = event.type().wireValue();
        int status = event.status().wireValue();
        return List.of(
                new Telling<>(
                        LibvirtEvents.BLOCK_JOB, id -> new DiskEvent.BlockJob(id, domain, event.path(), type, status)),
                new Telling<>(
                        LibvirtEvents.BLOCK_JOB_2,
                        id -> new DiskEvent.BlockJob2(id, domain, event.disk(), type, status)));
    }

    private static List<Telling<?>> jobCompleted(Event.JobCompleted event, DomainRef domain) {
        var parameters = JobStats.parameters(event.job());
        var job = WireJob.of(event.job());
        return List.of(
                new Telling<>(LibvirtEvents.JOB_COMPLETED, id -> new JobEvent.JobCompleted(id, domain, parameters)),
                new Telling<>(VirtkeepProgram.BACKUP_ENDED, id -> new BackupEnded(id, domain, job)));
    }
}
