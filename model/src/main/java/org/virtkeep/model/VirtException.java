package org.virtkeep.model;

import java.util.Objects;

/// A request that could not be fulfilled, with libvirt's code and domain.
///
/// The message is written for an administrator: it starts in lower case, quotes names, says which state was
/// found and which was needed, and where known the way out. What state remains is said by the method that
/// throws.
public final class VirtException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final ErrorDomain domain;

    public VirtException(ErrorCode code, ErrorDomain domain, String message) {
        this(code, domain, message, null);
    }

    public VirtException(ErrorCode code, ErrorDomain domain, String message, Throwable cause) {
        super(Objects.requireNonNull(message, "message is null"), cause);
        this.code = Objects.requireNonNull(code, "code is null");
        this.domain = Objects.requireNonNull(domain, "domain is null");
    }

    public ErrorCode code() {
        return code;
    }

    public ErrorDomain domain() {
        return domain;
    }

    /// Makes an error of what should not have been possible: INTERNAL_ERROR, with a text that says whose fault it is.
    public static VirtException fault(Throwable thrown) {
        String message = "internal error: %s; this is a fault in virtkeep".formatted(thrown);
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, message, thrown);
    }

    /// Makes an error of the QEMU driver, which is where most of them come from.
    public static VirtException qemu(ErrorCode code, String message) {
        return new VirtException(code, ErrorDomain.QEMU, message);
    }

    /// Makes an error of the QEMU driver with its cause.
    public static VirtException qemu(ErrorCode code, String message, Throwable cause) {
        return new VirtException(code, ErrorDomain.QEMU, message, cause);
    }
}
