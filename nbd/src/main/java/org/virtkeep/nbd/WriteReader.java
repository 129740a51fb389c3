package org.virtkeep.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.virtkeep.model.ByteRange;

/// Handles a client's requests that change an export, or refuses them on one that is read-only. Confined to the
/// connection's thread, which does the writing: so a client that writes faster than the device has to wait, and no more
/// than one piece of its data is held.
final class WriteReader {
    private static final int PIECE_BYTES = 256 << 10;

    private final RequestInput in;
    private final BlockDevice device;
    private final Optional<WritableDevice> target;
    private final ClientReplies replies;
    private final long sizeBytes;
    private Optional<ByteBuffer> piece = Optional.empty();

    WriteReader(RequestInput in, BlockDevice device, ClientReplies replies) {
        this.in = in;
        this.device = device;
        this.target = device.writable();
        this.replies = replies;
        this.sizeBytes = device.info().sizeBytes();
    }

    /// Takes the data from the stream in any case.
    ///
    /// @throws NbdException.Protocol if it is more than a client may send
    void write(Request request) throws IOException {
        if (request.lengthBytes() > NbdLimits.PAYLOAD_BYTES) {
            throw new NbdException.Protocol("a write of " + request.lengthBytes() + " bytes");
        }
        var refusal = refusal(request, CommandFlag.FUA.mask());
        if (refusal.isPresent()) {
            in.skip(request.lengthBytes());
            refuse(request, refusal.get());
            return;
        }
        var failure = copy(request, target.orElseThrow());
        if (failure.isPresent()) {
            replies.countFailure();
            refuse(request, failure.get());
        } else if (request.has(CommandFlag.FUA)) {
            target.get().flush(ending(request));
        } else {
            replies.ok(request.cookie());
        }
    }

    void writeZeroes(Request request) {
        int allowed = CommandFlag.FUA.mask() | CommandFlag.NO_HOLE.mask() | CommandFlag.FAST_ZERO.mask();
        var refusal = refusal(request, allowed);
        if (refusal.isPresent()) {
            refuse(request, refusal.get());
        } else {
            target.orElseThrow().zero(range(request), request.has(CommandFlag.FUA), ending(request));
        }
    }

    void trim(Request request) {
        var refusal = refusal(request, CommandFlag.FUA.mask());
        if (refusal.isPresent()) {
            refuse(request, refusal.get());
        } else {
            target.orElseThrow().discard(range(request), request.has(CommandFlag.FUA), ending(request));
        }
    }

    /// Some clients do this unasked on read-only exports, too.
    void flush(Request request) {
        if (target.isEmpty() || device.failure().isPresent()) {
            replies.ok(request.cookie());
        } else {
            target.get().flush(ending(request));
        }
    }

    private Optional<NbdException.Refused> copy(Request request, WritableDevice to) throws IOException {
        ByteBuffer buffer = piece.orElseGet(() -> ByteBuffer.allocateDirect(PIECE_BYTES));
        piece = Optional.of(buffer);
        long left = request.lengthBytes();
        for (long at = request.offset(); left > 0; ) {
            int length = (int) Math.min(left, PIECE_BYTES - at % PIECE_BYTES);
            in.fill(buffer.clear().limit(length));
            left -= length;
            try {
                to.write(at, buffer.flip());
            } catch (IOException e) {
                in.skip(left);
                return Optional.of(WritableDevice.refusal(e));
            }
            at += length;
        }
        return Optional.empty();
    }

    private Optional<NbdException.Refused> refusal(Request request, int allowedFlags) {
        if (target.isEmpty()) {
            return Optional.of(new NbdException.Refused(NbdError.EPERM, "the export is read-only"));
        }
        return request.fault(allowedFlags, sizeBytes)
                .map(text ->
                        new NbdException.Refused(request.fitsIn(sizeBytes) ? NbdError.EINVAL : NbdError.ENOSPC, text));
    }

    private Completion ending(Request request) {
        return failure -> {
            if (failure.isPresent()) {
                replies.countFailure();
                replies.error(
                        request.cookie(),
                        ClientReplies.errorOf(failure.get()),
                        failure.get().getMessage());
            } else {
                replies.ok(request.cookie());
            }
        };
    }

    private void refuse(Request request, NbdException.Refused refusal) {
        replies.error(request.cookie(), refusal.error(), refusal.getMessage());
    }

    private static ByteRange range(Request request) {
        return new ByteRange(request.offset(), request.lengthBytes());
    }
}
