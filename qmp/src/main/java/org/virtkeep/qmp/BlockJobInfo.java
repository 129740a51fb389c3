package org.virtkeep.qmp;

import java.util.Optional;

/// One job that works on block nodes (`BlockJobInfo`).
///
/// @param id the job's id; QEMU calls it `device`
/// @param lengthBytes what `offsetBytes` is expected to reach
/// @param offsetBytes how far the job is
/// @param busy whether it works right now
/// @param paused whether it was paused, by us or by an I/O error; see `ioStatus`
/// @param speedBytesPerSecond the limit; 0 is none
/// @param ready whether `job-complete` may be given
/// @param error why the job failed, present from [JobStatus#ABORTING] on
public record BlockJobInfo(
        String id,
        String type,
        long lengthBytes,
        long offsetBytes,
        boolean busy,
        boolean paused,
        long speedBytesPerSecond,
        IoStatus ioStatus,
        boolean ready,
        JobStatus status,
        Optional<String> error) {

    static BlockJobInfo from(JsonObject job) throws QmpException.Protocol {
        return new BlockJobInfo(
                job.text("device"),
                job.text("type"),
                job.number("len"),
                job.number("offset"),
                job.flag("busy"),
                job.flag("paused"),
                job.number("speed"),
                IoStatus.of(job.text("io-status")),
                job.flag("ready"),
                JobStatus.of(job.text("status")),
                job.optionalText("error"));
    }
}
