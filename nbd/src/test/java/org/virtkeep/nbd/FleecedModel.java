package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.virtkeep.model.ByteRange;

/// What QEMU does with a disk under copy-before-write, in memory: before a cluster changes, its old content goes to
/// scratch. Steps are small, so that reads see them half done. Thread-safe.
final class FleecedModel {
    static final int CLUSTER = 4096;
    private static final int STEP = 512;

    private final byte[] original;
    private final byte[] live;
    private final byte[] scratch;
    private final boolean[] saved;
    private final Executor executor;
    private boolean broken;

    FleecedModel(byte[] content, Executor executor) {
        this.original = content.clone();
        this.live = content.clone();
        this.scratch = new byte[content.length];
        this.saved = new boolean[content.length / CLUSTER];
        this.executor = executor;
    }

    byte[] original() {
        return original;
    }

    /// The guest fills a cluster, all of it or the first half.
    void guestWrites(int cluster, byte value, boolean whole) {
        save(cluster);
        int start = cluster * CLUSTER;
        int end = start + (whole ? CLUSTER : CLUSTER / 2);
        for (int at = start; at < end; at += STEP) {
            synchronized (this) {
                Arrays.fill(live, at, at + STEP, value);
            }
            Thread.yield();
        }
    }

    private void save(int cluster) {
        synchronized (this) {
            if (saved[cluster] || broken) {
                return;
            }
            System.arraycopy(live, cluster * CLUSTER, scratch, cluster * CLUSTER, CLUSTER);
        }
        Thread.yield();
        synchronized (this) {
            saved[cluster] = true;
        }
        Thread.yield();
    }

    /// From now on nothing is saved any more, as when scratch is full and QEMU was told to spare the guest.
    synchronized void breakSnapshot() {
        broken = true;
    }

    BlockDevice frozen() {
        return new Part("frozen", original, List.of(), _ -> null);
    }

    BlockDevice live() {
        return new Part("live", live, List.of(ContextName.BASE_ALLOCATION), this::isZero);
    }

    BlockDevice scratch() {
        return new Part(
                "scratch", scratch, List.of(ContextName.QEMU_ALLOCATION_DEPTH), cluster -> saved[cluster] ? 1 : 0);
    }

    private int isZero(int cluster) {
        for (int i = cluster * CLUSTER; i < (cluster + 1) * CLUSTER; i++) {
            if (live[i] != 0) {
                return 0;
            }
        }
        return 3;
    }

    private interface Status {
        Integer of(int cluster);
    }

    private final class Part implements BlockDevice {
        private final ExportInfo info;
        private final byte[] content;
        private final Status status;

        Part(String name, byte[] content, List<ContextName> contexts, Status status) {
            this.content = content;
            this.status = status;
            this.info = new ExportInfo(name, content.length, true, true, BlockSizes.DEFAULT, contexts);
        }

        @Override
        public ExportInfo info() {
            return info;
        }

        @Override
        public int alignment() {
            return 1;
        }

        @Override
        public int maximumRead() {
            return 1 << 20;
        }

        @Override
        public Optional<NbdException> failure() {
            return Optional.empty();
        }

        @Override
        public void close() {}

        @Override
        public void read(ReadCall call) {
            executor.execute(() -> {
                int start = (int) call.range().offset();
                for (int done = 0; done < call.range().length(); done += STEP) {
                    int count = (int) Math.min(STEP, call.range().length() - done);
                    synchronized (FleecedModel.this) {
                        call.target().put(done, ByteBuffer.wrap(content, start + done, count));
                    }
                    Thread.yield();
                }
                end(call, () -> content == original && isBroken());
            });
        }

        private void end(ReadCall call, Supplier<Boolean> fails) {
            try {
                if (fails.get()) {
                    call.fail(new NbdException.Refused(NbdError.EINVAL, "the snapshot is broken"));
                    return;
                }
                call.arrived(call.range().offset(), call.range().length(), false);
                call.finish();
            } catch (NbdException.Protocol e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void blockStatus(StatusCall call) {
            executor.execute(() -> {
                var extents = new ArrayList<Extent>();
                int first = (int) (call.range().offset() / CLUSTER);
                for (int cluster = first;
                        (long) cluster * CLUSTER < call.range().end();
                        cluster++) {
                    synchronized (FleecedModel.this) {
                        extents.add(new Extent(new ByteRange(0, CLUSTER), status.of(cluster)));
                    }
                    Thread.yield();
                }
                var builder = new Extents.Builder(call.range().offset(), extents.size());
                for (int i = 0; i < extents.size(); i++) {
                    builder.add((long) (first + i + 1) * CLUSTER, extents.get(i).flags());
                }
                var built = builder.build();
                call.succeed(java.util.Map.of(info.contexts().getFirst(), built));
            });
        }
    }

    private synchronized boolean isBroken() {
        return broken;
    }
}
