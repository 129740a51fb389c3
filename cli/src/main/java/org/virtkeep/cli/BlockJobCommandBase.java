package org.virtkeep.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.BlockJobOperations.BlockJobEnd;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Event.BlockJobStatus;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// A command that begins a block job, and may wait for it.
abstract class BlockJobCommandBase extends ConnectedCommand {
    private static final Duration NO_LIMIT = Duration.ofSeconds(Integer.MAX_VALUE);

    private final DomainArgument domain = new DomainArgument();
    private String disk;
    private final BandwidthOption bandwidth = new BandwidthOption();
    private boolean wait;
    private boolean verbose;
    private Integer timeoutSeconds;
    private boolean async;

    @Override
    void declare(Options options) {
        domain.declare(options);
        options.text("--path", "DISK", "the disk's target, such as vda, or the path of its image", word -> disk = word);
        bandwidth.declare(options);
        options.flag("--wait", "wait until the job has ended, or is ready to go over", given -> wait = given);
        options.flag(
                "--verbose",
                "with --wait, show how far it is, also where that is not a terminal's",
                given -> verbose = given);
        options.number(
                "--timeout",
                "SECONDS",
                "wait for so long, and end the job if it takes longer",
                number -> timeoutSeconds = number);
        options.flag("--async", "when the time is up, do not wait until the job has ended", given -> async = given);
    }

    /// What the job is to do when it is ready; empty to leave that to others.
    abstract Optional<Ending> ending();

    /// What becomes of a job that is ready.
    enum Ending {
        PIVOT,
        STAY
    }

    /// What two options amount to that exclude each other ([#checkEnding]).
    static Optional<Ending> ending(boolean pivot, boolean stay) {
        return pivot ? Optional.of(Ending.PIVOT) : stay ? Optional.of(Ending.STAY) : Optional.empty();
    }

    /// @param stayOption the name of the option that is not `--pivot`
    final void checkEnding(boolean pivot, boolean stay, String stayOption) {
        if (pivot && stay) {
            throw usage("--pivot and %s exclude each other".formatted(stayOption));
        }
    }

    /// Begins it.
    abstract void begin(Domain domain, String disk, long bytesPerSecond);

    /// Such as `Commit`.
    abstract String what();

    @Override
    Places places() {
        return Places.of("--domain", "--path");
    }

    @Override
    void check() {
        if (timeoutSeconds != null && timeoutSeconds < 1) {
            throw usage("--timeout is %d, but must be at least 1 second".formatted(timeoutSeconds));
        }
        bandwidth.bytesPerSecond();
    }

    @Override
    void run(Connection connection, Output output) {
        Domain found = domain.find(connection);
        String target = target(found);
        boolean drawn = verbose || program().surroundings().terminal() && !output.isQuiet();
        var waiting = new BlockJobWait(connection, found, target, program().surroundings(), drawn);
        begin(found, target, bandwidth.bytesPerSecond());
        if (wait || timeoutSeconds != null || ending().isPresent()) {
            await(found, target, waiting, output);
        } else {
            done(output, found, target, "started", "%s of disk '%s' of domain '%s' started");
        }
    }

    private String target(Domain found) {
        return found.blockDevices().stream()
                .filter(device -> device.target().equals(disk)
                        || device.source().filter(disk::equals).isPresent())
                .findFirst()
                .map(BlockDevice::target)
                .orElse(disk);
    }

    private void done(Output output, Domain found, String target, String result, String sentence) {
        output.done(
                sentence.formatted(what(), target, found.name()),
                new JsonObject().put("domain", found.name()).put("disk", target).put("result", result));
    }

    private void await(Domain found, String target, BlockJobWait waiting, Output output) {
        Duration limit =
                Optional.ofNullable(timeoutSeconds).map(Duration::ofSeconds).orElse(NO_LIMIT);
        Optional<BlockJobWait.Result> result = waiting.until(Deadline.in(limit));
        if (result.isEmpty()) {
            found.blockJobAbort(target, async ? Set.of(BlockJobEnd.ASYNC) : Set.of());
            throw failure("%s of disk '%s' was ended, because it took longer than %d s"
                    .formatted(what(), target, timeoutSeconds));
        }
        switch (result.get().status()) {
            case COMPLETED -> done(output, found, target, "completed", "%s of disk '%s' of domain '%s' completed");
            case READY -> ready(found, target, output);
            case FAILED, CANCELED ->
                throw failure("%s of disk '%s' %s%s"
                        .formatted(
                                what(),
                                target,
                                result.get().status() == BlockJobStatus.FAILED ? "failed" : "was aborted",
                                result.get().error().map(why -> ": " + why).orElse("")));
        }
    }

    private static VirtException failure(String message) {
        return VirtException.qemu(ErrorCode.OPERATION_FAILED, message);
    }

    private void ready(Domain found, String target, Output output) {
        if (ending().isEmpty()) {
            done(
                    output,
                    found,
                    target,
                    "ready",
                    "%s of disk '%s' of domain '%s' is ready: end it with 'virtkeep blockjob' --pivot or --abort");
            return;
        }
        boolean pivot = ending().get() == Ending.PIVOT;
        found.blockJobAbort(target, pivot ? Set.of(BlockJobEnd.PIVOT) : Set.of());
        done(
                output,
                found,
                target,
                pivot ? "pivoted" : "stayed",
                pivot
                        ? "%s: disk '%s' of domain '%s' has gone over"
                        : "%s: disk '%s' of domain '%s' stays on the image that it was on");
    }
}
