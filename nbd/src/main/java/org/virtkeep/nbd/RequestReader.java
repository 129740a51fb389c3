package org.virtkeep.nbd;

import java.io.IOException;
import org.virtkeep.model.ByteRange;

/// Reads a client's requests, refuses those that it may not make, and hands on the others. Confined to the
/// connection's thread.
final class RequestReader {
    /// `NBD_CMD_FLAG_DF`: longer reads cannot be promised in one piece; the least that the protocol demands.
    private static final int WHOLE_READ_BYTES = 64 << 10;

    private final RequestInput in;
    private final ServerHandshake.Chosen chosen;
    private final RequestScheduler scheduler;
    private final ClientReplies replies;
    private final ClientActivity activity;
    private final long sizeBytes;
    private final WriteReader writes;

    RequestReader(
            RequestInput in,
            ServerHandshake.Chosen chosen,
            RequestScheduler scheduler,
            ClientReplies replies,
            ClientActivity activity) {
        this.in = in;
        this.chosen = chosen;
        this.scheduler = scheduler;
        this.replies = replies;
        this.activity = activity;
        this.sizeBytes = chosen.export().device().info().sizeBytes();
        this.writes = new WriteReader(in, chosen.export().device(), replies);
    }

    /// Handles requests until the client says goodbye.
    ///
    /// @return false if the connection was ended by us meanwhile
    /// @throws NbdException.Protocol     if the client sent something that is no request
    /// @throws NbdException.Disconnected if it hung up without a goodbye
    boolean serve() throws IOException {
        while (true) {
            var request = Request.decode(in.need(Request.BYTES));
            if (request.command() == Command.DISC.wireValue()) {
                return true;
            }
            if (!activity.open()) {
                return false;
            }
            chosen.export().counters().active();
            handle(request);
        }
    }

    private void handle(Request request) throws IOException {
        var command = Command.of(request.command());
        if (command.isEmpty()) {
            refuse(request, NbdError.EINVAL, "unknown command " + request.command());
            return;
        }
        switch (command.get()) {
            case READ -> read(request);
            case BLOCK_STATUS -> blockStatus(request);
            case WRITE -> writes.write(request);
            case TRIM -> writes.trim(request);
            case WRITE_ZEROES -> writes.writeZeroes(request);
            case FLUSH -> writes.flush(request);
            case CACHE -> replies.ok(request.cookie()); // nothing to do, and some clients do it unasked
            case DISC -> throw new IllegalStateException("DISC is handled by the caller");
        }
    }

    private void read(Request request) {
        boolean whole = request.has(CommandFlag.DF);
        int allowed = chosen.structured() ? CommandFlag.DF.mask() : 0;
        if (!isValid(request, allowed)) {
            return;
        }
        if (request.lengthBytes() > NbdLimits.PAYLOAD_BYTES) {
            refuse(request, NbdError.EOVERFLOW, "a read can have at most " + NbdLimits.PAYLOAD_BYTES + " bytes");
        } else if (whole && request.lengthBytes() > WHOLE_READ_BYTES) {
            refuse(request, NbdError.EOVERFLOW, "an unfragmented read can have at most 65536 bytes");
        } else if (request.lengthBytes() == 0) {
            replies.ok(request.cookie());
        } else {
            var range = new ByteRange(request.offset(), request.lengthBytes());
            var read = new ReadRequest(request.cookie(), range, whole);
            replies.expect(read);
            scheduler.read(chosen.queue(), read);
        }
    }

    private void blockStatus(Request request) {
        if (!isValid(request, CommandFlag.REQ_ONE.mask())) {
            return;
        }
        if (chosen.queue().contexts().isEmpty()) {
            refuse(request, NbdError.EINVAL, "no metadata context was negotiated");
        } else if (request.lengthBytes() == 0) {
            refuse(request, NbdError.EINVAL, "the status of nothing");
        } else {
            var range = new ByteRange(request.offset(), request.lengthBytes());
            var status = new StatusRequest(request.cookie(), range, request.has(CommandFlag.REQ_ONE));
            scheduler.blockStatus(chosen.queue(), status);
        }
    }

    private boolean isValid(Request request, int allowedFlags) {
        var fault = request.fault(allowedFlags, sizeBytes);
        fault.ifPresent(text -> refuse(request, NbdError.EINVAL, text));
        return fault.isEmpty();
    }

    private void refuse(Request request, NbdError error, String text) {
        replies.error(request.cookie(), error, text);
    }
}
