package org.virtkeep.rpc;

import java.io.IOException;
import org.virtkeep.model.VirtException;

/// What can go wrong with a call. The type says whether the connection can still be used.
public abstract sealed class RpcException extends IOException {
    private static final long serialVersionUID = 1L;

    private RpcException(String message, Throwable cause) {
        super(message, cause);
    }

    /// The peer understood the call and refused it, or does not have it. The connection stays usable.
    public static final class Refused extends RpcException {
        private static final long serialVersionUID = 1L;

        private final transient WireError error;

        Refused(WireError error) {
            super(error.text(), null);
            this.error = error;
        }

        public WireError error() {
            return error;
        }

        /// The same failure as the API names it.
        public VirtException toVirtException() {
            return error.toVirtException(this);
        }
    }

    /// The reply is not what the procedure returns. What the call did is unknown; the connection stays usable.
    public static final class BadReply extends RpcException {
        private static final long serialVersionUID = 1L;

        BadReply(String message, IOException cause) {
            super(message, cause);
        }
    }

    /// No reply until the deadline, or the waiting thread was interrupted. The call may still take effect: ask
    /// for the state before trying again. The connection stays usable.
    public static final class NoReply extends RpcException {
        private static final long serialVersionUID = 1L;

        NoReply(String message) {
            super(message, null);
        }
    }

    /// The connection is gone, and with it every call that had no reply yet. Calls that were waiting may have
    /// taken effect.
    public static final class Disconnected extends RpcException {
        private static final long serialVersionUID = 1L;

        Disconnected(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
