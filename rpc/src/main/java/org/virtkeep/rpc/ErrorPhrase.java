package org.virtkeep.rpc;

import java.util.Optional;

/// The words that libvirt puts before the message of an error, by code. Users of virsh know errors by them.
final class ErrorPhrase {
    private ErrorPhrase() {}

    /// @param code a `virErrorNumber`
    /// @return the words without the colon; empty where libvirt shows the message alone
    static Optional<String> of(int code) {
        return Optional.ofNullable(
                switch (code) {
                    case 1 -> "internal error";
                    case 3 -> "this function is not supported by the connection driver";
                    case 8 -> "invalid argument";
                    case 9 -> "operation failed";
                    case 27 -> "XML error";
                    case 29 -> "operation forbidden";
                    case 42 -> "Domain not found";
                    case 45 -> "authentication failed";
                    case 49 -> "Storage pool not found";
                    case 50 -> "Storage volume not found";
                    case 55 -> "Requested operation is not valid";
                    case 67 -> "unsupported configuration";
                    case 68 -> "Timed out during operation";
                    case 71 -> "Invalid domain snapshot";
                    case 72 -> "Domain snapshot not found";
                    case 74 -> "argument unsupported";
                    case 78 -> "operation aborted";
                    case 79 -> "authentication cancelled";
                    case 80 -> "metadata not found";
                    case 83 -> "block copy still active";
                    case 84 -> "Operation not supported";
                    case 86 -> "Guest agent is not responding";
                    case 87 -> "resource busy";
                    case 88 -> "access denied";
                    case 92 -> "XML document failed to validate against schema";
                    case 94 -> "authentication unavailable";
                    case 99 -> "device not found";
                    case 102 -> "Invalid domain checkpoint";
                    case 103 -> "Domain checkpoint not found";
                    case 104 -> "Domain backup job id not found";
                    case 109 -> "checkpoint inconsistent";
                    case 110 -> "multiple matching domains found";
                    default -> null;
                });
    }
}
