package org.virtkeep.nbd;

import java.io.IOException;

/// Everything that can go wrong between us and one NBD peer. The type says whether the connection is still
/// usable: only after [Refused] it is.
public abstract sealed class NbdException extends IOException {
    private static final long serialVersionUID = 1L;

    private NbdException(String message, Throwable cause) {
        super(message, cause);
    }

    /// The peer understood the request and refused it. The connection stays usable.
    public static final class Refused extends NbdException {
        private static final long serialVersionUID = 1L;

        private final NbdError error;

        public Refused(NbdError error, String message) {
            super(message, null);
            this.error = error;
        }

        /// The reason as the protocol names it; an option that was refused is mapped to the nearest one.
        public NbdError error() {
            return error;
        }
    }

    /// The peer sent what the protocol, or what it said before, does not allow. The connection is closed.
    public static final class Protocol extends NbdException {
        private static final long serialVersionUID = 1L;

        public Protocol(String message) {
            super(message, null);
        }
    }

    /// The connection could not be made or is gone, and with it every request in flight.
    public static final class Disconnected extends NbdException {
        private static final long serialVersionUID = 1L;

        public Disconnected(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// No reply in time. The connection is closed, because the late reply would have nowhere to go.
    public static final class TimedOut extends NbdException {
        private static final long serialVersionUID = 1L;

        public TimedOut(String message) {
            super(message, null);
        }
    }
}
