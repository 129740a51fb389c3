package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import org.virtkeep.api.BlockJobOperations.BlockJobEnd;
import org.virtkeep.api.DiskJob;
import org.virtkeep.api.Domain;

final class BlockJobCommand extends DomainCommand {
    private String disk;
    private boolean abort;
    private boolean async;
    private boolean pivot;
    private boolean info;
    private boolean raw;
    private final BandwidthOption bandwidth = new BandwidthOption();

    @Override
    Manual manual() {
        return Manual.of("tell of the job of a disk, limit or end it")
                .description(
                        "Writes which job a disk has, be it a commit, a pull or a copy, and how far it is.",
                        "With --abort the job is ended, and the disk stays on the images that it is on. With --pivot a commit of the "
                                + "active image or a copy, which must be ready, goes over to the image that it has written. Backups "
                                + "are told of by 'virtkeep domjobinfo'.")
                .examples(
                        "virtkeep blockjob web1 vda",
                        "virtkeep blockjob web1 vda --pivot",
                        "virtkeep blockjob web1 vda --bandwidth 50M");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--path", "DISK", "the disk's target, such as vda, or the path of its image", word -> disk = word);
        options.flag("--abort", "end the job", given -> abort = given);
        options.flag("--async", "end the job, and do not wait for its end", given -> async = given);
        options.flag("--pivot", "end the job, and go over to the image that it has written", given -> pivot = given);
        options.flag("--info", "tell of the job; so it is without an option too", given -> info = given);
        options.flag("--raw", "tell it as numbers: kind, limit, how far it is, and its end", given -> raw = given);
        bandwidth.declare(options);
    }

    @Override
    Places places() {
        return Places.of("--domain", "--path");
    }

    @Override
    void check() {
        boolean ends = abort || async || pivot;
        if (ends && (info || raw || bandwidth.isGiven()) || (info || raw) && bandwidth.isGiven()) {
            throw usage(
                    "a job is either ended (--abort, --async, --pivot), told of (--info, --raw) or limited (--bandwidth)");
        }
        bandwidth.bytesPerSecond();
    }

    @Override
    void run(Domain domain, Output output) {
        if (abort || async || pivot) {
            end(domain, output);
        } else if (bandwidth.isGiven()) {
            domain.setBlockJobSpeed(disk, bandwidth.bytesPerSecond());
            output.done(
                    "Job of disk '%s' of domain '%s' is limited to %s/s"
                            .formatted(disk, domain.name(), Humane.size(bandwidth.bytesPerSecond())),
                    facts(domain).put("bytesPerSecond", bandwidth.bytesPerSecond()));
        } else {
            tell(domain, output);
        }
    }

    private JsonObject facts(Domain domain) {
        return new JsonObject().put("domain", domain.name()).put("disk", disk);
    }

    private void end(Domain domain, Output output) {
        var flags = EnumSet.noneOf(BlockJobEnd.class);
        Chosen.add(flags, async, BlockJobEnd.ASYNC);
        Chosen.add(flags, pivot, BlockJobEnd.PIVOT);
        domain.blockJobAbort(disk, flags);
        output.done(
                pivot
                        ? "Disk '%s' of domain '%s' has gone over".formatted(disk, domain.name())
                        : "Job of disk '%s' of domain '%s' aborted".formatted(disk, domain.name()),
                facts(domain).put("result", pivot ? "pivoted" : "aborted"));
    }

    private void tell(Domain domain, Output output) {
        Optional<DiskJob> job = domain.blockJob(disk);
        if (output.isJson()) {
            output.json(job.map(now -> json(domain, now))
                    .orElseGet(() -> facts(domain).putNull("type")));
        } else if (job.isPresent()) {
            output.text(raw ? numbers(job.get()) : sentence(job.get()));
        } else if (!raw) {
            output.text("No current block job for " + disk);
        }
    }

    private JsonObject json(Domain domain, DiskJob job) {
        return facts(domain)
                .put("type", BlockJobWords.of(job.type()))
                .put("typeCode", job.type().wireValue())
                .put("bytesPerSecond", job.bytesPerSecond())
                .put("current", job.current())
                .put("end", job.end())
                .put("ready", job.ready());
    }

    private static String numbers(DiskJob job) {
        return new Facts()
                .add("type", BlockJobWords.of(job.type()))
                .add("bandwidth", Long.toString(job.bytesPerSecond()))
                .add("cur", Long.toString(job.current()))
                .add("end", Long.toString(job.end()))
                .render();
    }

    private static String sentence(DiskJob job) {
        String limit =
                job.bytesPerSecond() == 0 ? "" : ", limited to %s/s".formatted(Humane.size(job.bytesPerSecond()));
        String share = job.end() == 0 ? "" : String.format(Locale.ROOT, ": %.1f %%", 100.0 * job.current() / job.end());
        return BlockJobWords.of(job.type()) + share + limit + (job.ready() ? ", ready" : "");
    }
}
