package org.virtkeep.nbd;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.virtkeep.model.ByteRange;

/// A block status request.
final class StatusCall extends Call {
    private final List<ContextName> contexts;
    private final Map<ContextName, Extents> extents = new HashMap<>();

    /// @param contexts all that the reply must contain
    StatusCall(ByteRange range, List<ContextName> contexts, Completion completion) {
        super(Command.BLOCK_STATUS, 0, range, completion);
        this.contexts = contexts;
    }

    List<ContextName> contexts() {
        return contexts;
    }

    /// After success: one entry per context. Each begins at the range's start and may end before or after its
    /// end, but never beyond the export.
    Map<ContextName, Extents> extents() {
        return extents;
    }

    /// @throws NbdException.Protocol if the context came before
    void arrived(ContextName context, Extents part) throws NbdException.Protocol {
        if (extents.putIfAbsent(context, part) != null) {
            throw new NbdException.Protocol("the status of '%s' came twice in one reply".formatted(context));
        }
    }

    /// Ends the call with what is known from elsewhere.
    ///
    /// @param known has an entry for each of the call's contexts; if one of them does not reach the range, the call
    ///     fails
    void succeed(Map<ContextName, Extents> known) {
        for (ContextName context : contexts) {
            Extents part = known.get(context);
            if (part.end() <= range().offset()) {
                fail(new NbdException.Protocol(
                        "the status of '%s' at %d ends before %d".formatted(context, part.start(), range().offset())));
                return;
            }
            extents.put(context, part);
        }
        succeed();
    }

    @Override
    void checkWhole() throws NbdException.Protocol {
        for (ContextName context : contexts) {
            if (!extents.containsKey(context)) {
                throw new NbdException.Protocol("a block status reply lacks '%s'".formatted(context));
            }
        }
    }
}
