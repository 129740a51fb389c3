package org.virtkeep.nbd;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// An export of another server, with contexts under the names that clients know. Thread-safe. Owns its session.
final class UpstreamDevice implements BlockDevice {
    /// Less is not asked for: clients that ask extent by extent are then served from memory.
    private static final long STATUS_BYTES = 128L << 20;

    /// More is not asked for at once: QEMU works on it without a pause, and the guest waits.
    private static final long MAXIMUM_STATUS_BYTES = 1L << 30;

    private final NbdSession session;
    private final Map<ContextName, ContextName> upstreamNames;
    private final boolean repairHoles;
    private final Optional<FleecedAllocation> allocation;
    private final int unitBytes;
    private final ExportInfo info;
    private final StatusCache statusCache = new StatusCache();

    /// @param upstreamNames all contexts by the names that clients know; the session has negotiated them
    /// @param allocation    where `base:allocation` comes from instead, for a fleeced disk
    /// @param unitBytes     reads do not cross multiples of it
    private UpstreamDevice(
            NbdSession session,
            Map<ContextName, ContextName> upstreamNames,
            boolean repairHoles,
            Optional<FleecedAllocation> allocation,
            int unitBytes) {
        this.session = session;
        this.allocation = allocation;
        this.unitBytes = unitBytes;
        this.upstreamNames = Map.copyOf(upstreamNames);
        this.repairHoles = repairHoles;
        ExportInfo upstream = session.info();
        this.info = new ExportInfo(
                upstream.name(),
                upstream.sizeBytes(),
                true,
                true,
                new BlockSizes(1, upstream.blockSizes().preferred(), NbdLimits.PAYLOAD_BYTES),
                Stream.concat(
                                upstreamNames.keySet().stream(),
                                allocation.stream().map(_ -> ContextName.BASE_ALLOCATION))
                        .sorted(Comparator.comparing(ContextName::value))
                        .toList());
    }

    /// Connects to the upstream of `export` and negotiates its contexts.
    ///
    /// @throws NbdException.Refused if the export, or a context that must be there, is not
    static UpstreamDevice connect(RelayedExport export, Deadline deadline) throws NbdException {
        var wanted = new LinkedHashMap<ContextName, ContextName>();
        if (export.fleecing().isEmpty()) {
            wanted.put(ContextName.BASE_ALLOCATION, ContextName.BASE_ALLOCATION);
            wanted.put(ContextName.QEMU_ALLOCATION_DEPTH, ContextName.QEMU_ALLOCATION_DEPTH);
        }
        var renamed = new LinkedHashMap<ContextName, ContextName>();
        export.contexts().forEach((name, upstream) -> renamed.put(new ContextName(name), new ContextName(upstream)));
        wanted.putAll(renamed);
        var address = new NbdAddress.Unix(export.upstreamSocket().toString());
        try (var negotiation = NbdNegotiation.connect(address, deadline)) {
            var granted = negotiation.requestContexts(export.upstreamExport(), Set.copyOf(wanted.values()));
            for (ContextName needed : renamed.values()) {
                if (!granted.contains(needed)) {
                    throw new NbdException.Refused(
                            NbdError.EINVAL,
                            "export '%s' of '%s' has no context '%s'; its bitmap must be part of the export"
                                    .formatted(export.upstreamExport(), export.upstreamSocket(), needed));
                }
            }
            wanted.values().retainAll(granted);
            return connected(export, negotiation.go(export.upstreamExport()), wanted, deadline);
        }
    }

    private static UpstreamDevice connected(
            RelayedExport export, NbdSession session, Map<ContextName, ContextName> contexts, Deadline deadline)
            throws NbdException {
        if (export.fleecing().isEmpty()) {
            return new UpstreamDevice(session, contexts, export.repairHoles(), Optional.empty(), session.maximumRead());
        }
        RelayedExport.Fleecing fleecing = export.fleecing().get();
        try {
            var allocation = FleecedAllocation.connect(export, fleecing, deadline);
            return new UpstreamDevice(session, contexts, false, Optional.of(allocation), fleecing.unitBytes());
        } catch (NbdException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public ExportInfo info() {
        return info;
    }

    @Override
    public int alignment() {
        return session.info().blockSizes().minimum();
    }

    @Override
    public int maximumRead() {
        return session.maximumRead();
    }

    @Override
    public Optional<NbdException> failure() {
        return session.failure().or(() -> allocation.flatMap(FleecedAllocation::failure));
    }

    @Override
    public void read(ReadCall call) {
        if (isDead(call)) {
            return;
        }
        if (call.range().offset() / unitBytes == (call.range().end() - 1) / unitBytes || allocation.isEmpty()) {
            session.submit(call);
        } else {
            new SplitRead(call, unitBytes).pieces().forEach(session::submit);
        }
    }

    /// Answers from memory if possible; else asks for all contexts and for more than the call needs.
    @Override
    public void blockStatus(StatusCall call) {
        var cached = statusCache.find(call.range().offset());
        if (cached.isPresent()) {
            answer(call, cached.get());
        } else if (!isDead(call)) {
            ByteRange range = statusRange(call.range());
            allocation.ifPresentOrElse(
                    source -> source.ask(
                            range,
                            (failure, zeroes) -> failure.ifPresentOrElse(
                                    call::fail,
                                    () -> askUpstream(call, range, Map.of(ContextName.BASE_ALLOCATION, zeroes)))),
                    () -> askUpstream(call, range, Map.of()));
        }
    }

    /// @param found what is known of the range from elsewhere
    private void askUpstream(StatusCall call, ByteRange range, Map<ContextName, Extents> found) {
        if (upstreamNames.isEmpty()) {
            statusCache.add(found);
            answer(call, found);
            return;
        }
        var asked = new StatusCall[1];
        asked[0] = new StatusCall(range, List.copyOf(session.info().contexts()), failure -> {
            if (failure.isPresent()) {
                call.fail(failure.get());
            } else {
                Map<ContextName, Extents> known = translate(asked[0].extents());
                known.putAll(found);
                statusCache.add(known);
                answer(call, known);
            }
        });
        session.submit(asked[0]);
    }

    /// Gives up on the upstream if it has left a request unanswered for `limit`.
    void closeIfStalled(Duration limit) {
        if (session.longestWait().compareTo(limit) >= 0) {
            session.abort(new NbdException.TimedOut(
                    "the upstream of export '%s' has not answered for %s".formatted(info.name(), limit)));
        }
    }

    @Override
    public void close() {
        allocation.ifPresent(FleecedAllocation::close);
        session.close();
    }

    void close(Deadline deadline) {
        allocation.ifPresent(source -> source.close(deadline));
        session.close(deadline);
    }

    private boolean isDead(Call call) {
        var failure = failure();
        failure.ifPresent(cause -> call.fail(new NbdException.Refused(NbdError.ESHUTDOWN, cause.getMessage())));
        return failure.isPresent();
    }

    private ByteRange statusRange(ByteRange asked) {
        int alignment = alignment();
        long start = asked.offset() - asked.offset() % alignment;
        long wanted = Math.clamp(asked.end() - start, STATUS_BYTES, MAXIMUM_STATUS_BYTES);
        long length = Math.ceilDiv(wanted, alignment) * alignment;
        return new ByteRange(start, Math.min(length, info.sizeBytes() - start));
    }

    private Map<ContextName, Extents> translate(Map<ContextName, Extents> upstream) {
        var known = new HashMap<ContextName, Extents>();
        upstreamNames.forEach((name, upstreamName) -> {
            Extents extents = upstream.get(upstreamName);
            boolean repair = repairHoles && upstreamName.equals(ContextName.BASE_ALLOCATION);
            known.put(name, repair ? extents.withFlags(UpstreamDevice::withoutBareHole) : extents);
        });
        return known;
    }

    /// A hole that is not said to read as zeroes may have data in a backing file.
    private static int withoutBareHole(int flags) {
        return flags == ContextName.STATE_HOLE ? 0 : flags;
    }

    private static void answer(StatusCall call, Map<ContextName, Extents> known) {
        try {
            for (ContextName context : call.contexts()) {
                Extents extents = known.get(context);
                if (extents.end() <= call.range().offset()) {
                    throw new NbdException.Protocol("the status of '%s' at %d ends before %d"
                            .formatted(context, extents.start(), call.range().offset()));
                }
                call.arrived(context, extents);
            }
        } catch (NbdException.Protocol e) {
            call.fail(e);
            return;
        }
        call.succeed();
    }
}
