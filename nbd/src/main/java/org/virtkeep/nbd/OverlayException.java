package org.virtkeep.nbd;

import java.io.IOException;

/// A file cannot be used as an overlay; the message says why. The file was not changed.
public final class OverlayException extends IOException {
    private static final long serialVersionUID = 1L;

    OverlayException(String message) {
        super(message);
    }
}
