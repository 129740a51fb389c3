package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;

/// An export of another server that shows itself as it is, with contexts under the names that clients know.
/// Thread-safe. Owns its session.
final class UpstreamDevice implements Upstream {
    private final NbdSession session;
    private final Map<ContextName, ContextName> upstreamNames;
    private final boolean repairHoles;
    private final ExportInfo info;
    private final StatusCache statusCache = new StatusCache();

    /// @param upstreamNames all contexts by the names that clients know; the session has negotiated them
    private UpstreamDevice(NbdSession session, Map<ContextName, ContextName> upstreamNames, boolean repairHoles) {
        this.session = session;
        this.upstreamNames = Map.copyOf(upstreamNames);
        this.repairHoles = repairHoles;
        ExportInfo upstream = session.info();
        this.info = new ExportInfo(
                upstream.name(),
                upstream.sizeBytes(),
                true,
                true,
                new BlockSizes(1, upstream.blockSizes().preferred(), NbdLimits.PAYLOAD_BYTES),
                upstreamNames.keySet().stream()
                        .sorted(Comparator.comparing(ContextName::value))
                        .toList());
    }

    /// Connects to the upstream of `export` and negotiates its contexts, with those that every client may ask for.
    ///
    /// @throws NbdException.Refused if the export, or a context that must be there, is not
    static UpstreamDevice connect(RelayedExport export, Deadline deadline) throws NbdException {
        return connect(export, List.of(ContextName.BASE_ALLOCATION, ContextName.QEMU_ALLOCATION_DEPTH), deadline);
    }

    /// @param passedOn contexts that are passed on under their own names if the upstream has them
    static UpstreamDevice connect(RelayedExport export, List<ContextName> passedOn, Deadline deadline)
            throws NbdException {
        var renamed = new HashMap<ContextName, ContextName>();
        export.contexts().forEach((name, upstream) -> renamed.put(new ContextName(name), new ContextName(upstream)));
        var wanted = new LinkedHashMap<ContextName, ContextName>();
        passedOn.forEach(context -> wanted.put(context, context));
        wanted.putAll(renamed);
        var address = new NbdAddress.Unix(export.upstreamSocket().toString());
        try (var negotiation =
                NbdNegotiation.connect(address, export.upstreamExport(), Set.copyOf(wanted.values()), deadline)) {
            List<ContextName> granted = negotiation.granted();
            for (ContextName needed : renamed.values()) {
                if (!granted.contains(needed)) {
                    throw new NbdException.Refused(
                            NbdError.EINVAL,
                            "export '%s' of '%s' has no context '%s'; its bitmap must be part of the export"
                                    .formatted(export.upstreamExport(), export.upstreamSocket(), needed));
                }
            }
            wanted.values().retainAll(granted);
            return new UpstreamDevice(negotiation.go(export.upstreamExport()), wanted, export.repairHoles());
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
        return session.failure();
    }

    @Override
    public void read(ReadCall call) {
        if (!isDead(call)) {
            session.submit(call);
        }
    }

    /// Reads as little as possible from the start, only to learn whether the upstream still can.
    void probe(Completion completion) {
        var range = new ByteRange(0, Math.min(alignment(), info.sizeBytes()));
        read(new ReadCall(range, PageSpan.of(ByteBuffer.allocate((int) range.length())), completion));
    }

    /// Answers from memory if possible; else asks for all contexts and for more than the call needs.
    @Override
    public void blockStatus(StatusCall call) {
        var cached = statusCache.find(call.range().offset());
        if (cached.isPresent()) {
            call.succeed(cached.get());
        } else if (!isDead(call)) {
            ByteRange range = StatusWindow.around(call.range(), alignment(), info.sizeBytes());
            var asked = new StatusCall[1];
            asked[0] = new StatusCall(range, session.info().contexts(), failure -> {
                if (failure.isPresent()) {
                    call.fail(failure.get());
                } else {
                    Map<ContextName, Extents> known = translate(asked[0].extents());
                    statusCache.add(known);
                    call.succeed(known);
                }
            });
            session.submit(asked[0]);
        }
    }

    @Override
    public void closeIfStalled(Duration limit) {
        session.abortIfStalled(limit);
    }

    @Override
    public void close() {
        session.close();
    }

    @Override
    public void close(Deadline deadline) {
        session.close(deadline);
    }

    private boolean isDead(Call call) {
        var failure = session.failure();
        failure.ifPresent(cause -> call.fail(new NbdException.Refused(NbdError.ESHUTDOWN, cause.getMessage())));
        return failure.isPresent();
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
}
