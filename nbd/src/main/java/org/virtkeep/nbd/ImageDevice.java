package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.ByteRange;

/// An image as a device: its blocking calls run on threads of this device. Thread-safe. Does not own the image.
final class ImageDevice implements BlockDevice, WritableDevice {
    private static final Logger LOG = LoggerFactory.getLogger(ImageDevice.class);

    /// Requests worked on at the same time; what decodes and checks chunks is limited by processors, not by these.
    private static final int THREADS = 8;

    private static final int PREFERRED_BYTES = 64 << 10;
    private static final int MAXIMUM_READ = 1 << 20;
    private static final long CLOSE_SECONDS = 30;

    private final String name;
    private final ServedImage image;
    private final ExecutorService threads;

    ImageDevice(String name, ServedImage image) {
        this.name = name;
        this.image = image;
        this.threads = Executors.newFixedThreadPool(
                THREADS,
                Thread.ofPlatform().name("nbd-image-" + name + "-", 0).daemon().factory());
    }

    /// Work on an image.
    private interface Work {
        void run() throws IOException;
    }

    @Override
    public ExportInfo info() {
        return new ExportInfo(
                name,
                image.sizeBytes(),
                !image.isWritable(),
                true,
                new BlockSizes(1, PREFERRED_BYTES, NbdLimits.PAYLOAD_BYTES),
                List.of(ContextName.BASE_ALLOCATION));
    }

    @Override
    public int alignment() {
        return 1;
    }

    @Override
    public int maximumRead() {
        return MAXIMUM_READ;
    }

    @Override
    public Optional<NbdException> failure() {
        return Optional.empty();
    }

    @Override
    public Optional<WritableDevice> writable() {
        return image.isWritable() ? Optional.of(this) : Optional.empty();
    }

    @Override
    public void read(ReadCall call) {
        perform("read", failure -> end(call, failure), () -> fill(call));
    }

    @Override
    public void blockStatus(StatusCall call) {
        ByteRange range = StatusWindow.around(call.range(), 1, image.sizeBytes());
        perform("block status", failure -> failure.ifPresent(call::fail), () -> {
            Extents known = extents(call.range().offset(), image.allocation(range));
            call.succeed(Map.of(ContextName.BASE_ALLOCATION, known));
        });
    }

    private static Extents extents(long start, List<Extent> list) {
        var builder = new Extents.Builder(start, list.size());
        list.forEach(extent -> builder.add(extent.range().end(), extent.flags()));
        return builder.build();
    }

    private static void end(Call call, Optional<NbdException> failure) {
        failure.ifPresentOrElse(call::fail, call::finish);
    }

    private void fill(ReadCall call) throws IOException {
        ByteRange range = call.range();
        long at = range.offset();
        while (at < range.end()) {
            for (Extent extent : image.allocation(new ByteRange(at, range.end() - at))) {
                long end = Math.min(extent.range().end(), range.end());
                if (end > at) {
                    fill(call, new ByteRange(at, end - at), (extent.flags() & ContextName.STATE_ZERO) != 0);
                    at = end;
                }
            }
        }
    }

    private void fill(ReadCall call, ByteRange part, boolean zero) throws IOException {
        call.arrived(part.offset(), part.length(), zero);
        if (!zero) {
            long at = part.offset();
            for (ByteBuffer into : call.target().slices((int) (at - call.range().offset()), (int) part.length())) {
                int length = into.remaining();
                image.read(at, into);
                at += length;
            }
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        image.write(offset, from);
    }

    @Override
    public void zero(ByteRange range, boolean durable, Completion completion) {
        perform("write zeroes", completion, () -> {
            image.zero(range);
            flushIf(durable);
        });
    }

    @Override
    public void discard(ByteRange range, boolean durable, Completion completion) {
        perform("trim", completion, () -> {
            image.discard(range);
            flushIf(durable);
        });
    }

    private void flushIf(boolean durable) throws IOException {
        if (durable) {
            image.flush();
        }
    }

    @Override
    public void flush(Completion completion) {
        perform("flush", completion, image::flush);
    }

    private void perform(String what, Completion completion, Work work) {
        try {
            threads.execute(() -> completion.done(attempt(what, work)));
        } catch (RejectedExecutionException e) {
            completion.done(Optional.of(new NbdException.Refused(NbdError.ESHUTDOWN, "the server is closing")));
        }
    }

    private Optional<NbdException> attempt(String what, Work work) {
        try {
            work.run();
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("{} failed export={} cause={}", what, name, e.toString());
            return Optional.of(WritableDevice.refusal(e));
        } catch (RuntimeException e) {
            LOG.error("{} failed export={}", what, name, e);
            return Optional.of(new NbdException.Refused(NbdError.EIO, "internal error: " + e));
        }
    }

    /// Waits for what is being worked on.
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("requests still under way export={}", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
