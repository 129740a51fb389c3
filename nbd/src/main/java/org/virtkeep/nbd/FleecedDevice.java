package org.virtkeep.nbd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// A disk as it was at an instant, which QEMU keeps with a copy-before-write filter while its guest goes on.
///
/// QEMU's own view of it, a snapshot-access node, is not read, because QEMU 7.2 shows it wrongly at times
/// (`docs/decisions/001-reading-a-fleeced-disk.md`). It is put together from the two it is made of. Before the
/// guest changes a part of the live disk, the filter has put its old content into the scratch image. So: read the
/// live disk, and *then* ask which parts are in scratch. A part that is not there had not been changed when the live
/// disk was read, so what was read is right. The other parts are read again, from scratch, where nothing changes any
/// more. What reads as zeroes is found out in the same way.
///
/// QEMU 10.1 can be told to break the frozen disk rather than fail the guest when scratch is full. Then the argument
/// does not hold any more, but every read of the frozen disk fails. So with each question to scratch goes the smallest
/// read of the frozen disk, and its failure is the failure of the whole.
///
/// Thread-safe. Owns its sessions: one on each export.
final class FleecedDevice implements Upstream {
    private final UpstreamDevice frozen;
    private final NbdSession live;
    private final NbdSession scratch;
    private final FleecedAllocation allocation;
    private final ExportInfo info;

    private FleecedDevice(UpstreamDevice frozen, NbdSession live, NbdSession scratch) {
        this.frozen = frozen;
        this.live = live;
        this.scratch = scratch;
        this.allocation = new FleecedAllocation(frozen, live, scratch);
        ExportInfo upstream = frozen.info();
        var contexts = new ArrayList<ContextName>(List.of(ContextName.BASE_ALLOCATION));
        contexts.addAll(upstream.contexts());
        this.info = new ExportInfo(upstream.name(), upstream.sizeBytes(), true, true, upstream.blockSizes(), contexts);
    }

    /// @throws NbdException if one of the three exports cannot be used; nothing is left open then
    static FleecedDevice connect(RelayedExport export, RelayedExport.Fleecing fleecing, Deadline deadline)
            throws NbdException {
        var frozen = new Connecting<>(() -> UpstreamDevice.connect(export, List.of(), deadline), UpstreamDevice::close);
        var live = new Connecting<>(
                () -> connect(export, fleecing.liveExport(), ContextName.BASE_ALLOCATION, deadline), NbdSession::close);
        try {
            NbdSession scratch = connect(export, fleecing.scratchExport(), ContextName.QEMU_ALLOCATION_DEPTH, deadline);
            try {
                var device = new FleecedDevice(frozen.await(), live.await(), scratch);
                device.requireOneSize(export, fleecing);
                return device;
            } catch (NbdException e) {
                scratch.close();
                throw e;
            }
        } catch (NbdException e) {
            frozen.close();
            live.close();
            throw e;
        }
    }

    private void requireOneSize(RelayedExport export, RelayedExport.Fleecing fleecing) throws NbdException {
        requireSize(export, fleecing.liveExport(), live);
        requireSize(export, fleecing.scratchExport(), scratch);
    }

    private void requireSize(RelayedExport export, String name, NbdSession part) throws NbdException {
        long found = part.info().sizeBytes();
        if (found != info.sizeBytes()) {
            throw new NbdException.Refused(
                    NbdError.EINVAL,
                    "export '%s' of '%s' has %d bytes, but '%s' has %d"
                            .formatted(
                                    name, export.upstreamSocket(), found, export.upstreamExport(), info.sizeBytes()));
        }
    }

    private static NbdSession connect(RelayedExport export, String name, ContextName context, Deadline deadline)
            throws NbdException {
        var address = new NbdAddress.Unix(export.upstreamSocket().toString());
        try (var negotiation = NbdNegotiation.connect(address, name, List.of(context), deadline)) {
            if (negotiation.granted().isEmpty()) {
                throw new NbdException.Refused(
                        NbdError.EINVAL,
                        "export '%s' of '%s' has no context '%s'".formatted(name, export.upstreamSocket(), context));
            }
            return negotiation.go(name);
        }
    }

    @Override
    public ExportInfo info() {
        return info;
    }

    @Override
    public int alignment() {
        return Math.max(
                frozen.alignment(),
                Math.max(
                        live.info().blockSizes().minimum(),
                        scratch.info().blockSizes().minimum()));
    }

    @Override
    public int maximumRead() {
        return Math.min(live.maximumRead(), scratch.maximumRead()) / alignment() * alignment();
    }

    @Override
    public Optional<NbdException> failure() {
        return frozen.failure().or(live::failure).or(scratch::failure);
    }

    @Override
    public void read(ReadCall call) {
        if (!isDead(call)) {
            new FleecedRead(call, frozen, live, scratch).start();
        }
    }

    @Override
    public void blockStatus(StatusCall call) {
        if (isDead(call)) {
            return;
        }
        var others = call.contexts().stream()
                .filter(context -> !context.equals(ContextName.BASE_ALLOCATION))
                .toList();
        if (others.isEmpty()) {
            allocation.blockStatus(call);
            return;
        }
        var parts = new StatusCall[2];
        Completion both = new AllOf(
                2,
                failure -> failure.ifPresentOrElse(call::fail, () -> {
                    Map<ContextName, Extents> known = new HashMap<>(parts[0].extents());
                    known.putAll(parts[1].extents());
                    call.succeed(known);
                }));
        parts[0] = new StatusCall(call.range(), List.of(ContextName.BASE_ALLOCATION), both);
        parts[1] = new StatusCall(call.range(), others, both);
        allocation.blockStatus(parts[0]);
        frozen.blockStatus(parts[1]);
    }

    @Override
    public void closeIfStalled(Duration limit) {
        frozen.closeIfStalled(limit);
        live.abortIfStalled(limit);
        scratch.abortIfStalled(limit);
    }

    @Override
    public void close() {
        frozen.close();
        live.close();
        scratch.close();
    }

    @Override
    public void close(Deadline deadline) {
        frozen.close(deadline);
        live.close(deadline);
        scratch.close(deadline);
    }

    private boolean isDead(Call call) {
        var failure = failure();
        failure.ifPresent(cause -> call.fail(new NbdException.Refused(NbdError.ESHUTDOWN, cause.getMessage())));
        return failure.isPresent();
    }
}
