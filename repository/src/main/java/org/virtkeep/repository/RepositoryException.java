package org.virtkeep.repository;

import java.io.IOException;

/// Everything that a repository itself can refuse or find wrong. What the storage below reports (a full
/// disk, no rights) stays the `IOException` it was. After any of these the [Repository] stays usable
/// unless said otherwise.
public abstract sealed class RepositoryException extends IOException {
    private static final long serialVersionUID = 1L;

    private RepositoryException(String message, Throwable cause) {
        super(message, cause);
    }

    /// Something that was asked for, or that something else refers to, is not there.
    public static final class Missing extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public Missing(String message) {
            super(message, null);
        }
    }

    /// An object does not hold what its name, checksum or cipher promises. No byte of it was handed out.
    public static final class Corrupt extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public Corrupt(String message) {
            super(message, null);
        }

        public Corrupt(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// Another process does what must be done by one at a time.
    public static final class Busy extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public Busy(String message) {
            super(message, null);
        }
    }

    /// The repository was written by a newer virtkeep, in a form that this one must not touch.
    public static final class UnsupportedVersion extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public UnsupportedVersion(String message) {
            super(message, null);
        }
    }

    /// The passphrase or key file opens none of the repository's key slots, or was needed and not given.
    public static final class WrongKey extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public WrongKey(String message) {
            super(message, null);
        }
    }

    /// Somebody had the work cancelled. Nothing is lost.
    public static final class Cancelled extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public Cancelled(String message) {
            super(message, null);
        }
    }

    /// A prune took this session for dead and broke its lease; what the session relied on may be gone.
    /// Nothing was committed. Begin again: what was stored and is still there will be found.
    public static final class LeaseLost extends RepositoryException {
        private static final long serialVersionUID = 1L;

        public LeaseLost(String message) {
            super(message, null);
        }
    }
}
