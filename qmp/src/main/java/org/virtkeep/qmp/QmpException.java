package org.virtkeep.qmp;

import java.io.IOException;
import java.util.Objects;

/// Everything that can go wrong between us and one QEMU process. The type answers whether the session is
/// still usable.
public abstract sealed class QmpException extends IOException {
    private static final long serialVersionUID = 1L;

    private QmpException(String message, Throwable cause) {
        super(Objects.requireNonNull(message, "message is null"), cause);
    }

    /// QEMU understood the command and refused it. The session stays usable.
    ///
    /// Do not decide on the description: it is for people, and nearly every class is `GenericError`.
    public static final class Refused extends QmpException {
        private static final long serialVersionUID = 1L;

        private final String command;
        private final String errorClass;
        private final String description;

        public Refused(String command, String errorClass, String description) {
            super("QEMU refused '%s': %s (%s)".formatted(command, description, errorClass), null);
            this.command = command;
            this.errorClass = errorClass;
            this.description = description;
        }

        /// The name of the refused command.
        public String command() {
            return command;
        }

        /// True if QEMU has no such command, or not in its present mode (QapiErrorClass `CommandNotFound`).
        public boolean isUnknownCommand() {
            return errorClass.equals("CommandNotFound");
        }

        /// QEMU's class of the error, such as `GenericError` or `CommandNotFound`.
        public String errorClass() {
            return errorClass;
        }

        /// QEMU's own words.
        public String description() {
            return description;
        }
    }

    /// The session is gone, and with it every pending command: QEMU ended, or one of the two sides closed.
    /// Whether a pending command took effect is unknown.
    public static final class Disconnected extends QmpException {
        private static final long serialVersionUID = 1L;

        public Disconnected(String message, Throwable cause) {
            super(message, cause);
        }

        public Disconnected(String message) {
            super(message, null);
        }
    }

    /// No answer in time. The command may still take effect: ask QEMU for its state before retrying.
    public static final class TimedOut extends QmpException {
        private static final long serialVersionUID = 1L;

        public TimedOut(String message) {
            super(message, null);
        }
    }

    /// The peer sent what QMP does not allow, or a reply without the promised shape. The session is closed.
    public static final class Protocol extends QmpException {
        private static final long serialVersionUID = 1L;

        public Protocol(String message, Throwable cause) {
            super(message, cause);
        }

        public Protocol(String message) {
            super(message, null);
        }
    }
}
