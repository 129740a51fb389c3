package org.virtkeep.qemu.state;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Which names domains may have: those that are file names too.
final class DomainNames {
    /// Leaves room for what is added to make a lock's or a staged file's name (file names have 255 bytes).
    private static final int MAX_BYTES = 200;

    private DomainNames() {}

    /// @throws VirtException XML_ERROR with the reason if `name` cannot be used
    static void check(String name) {
        if (name.isEmpty()) {
            throw refuse(name, "it is empty");
        }
        if (name.startsWith(".")) {
            throw refuse(name, "it starts with '.'");
        }
        if (name.contains("/")) {
            throw refuse(name, "it contains '/'");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw refuse(name, "it contains a control character");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw refuse(name, "it has %d bytes, at most %d are allowed".formatted(bytes, MAX_BYTES));
        }
        try {
            Path.of(name);
        } catch (InvalidPathException e) {
            throw refuse(name, "it cannot be a file name in this locale; set LANG to a UTF-8 locale such as C.UTF-8");
        }
    }

    private static VirtException refuse(String name, String why) {
        String printable = name.replaceAll("\\p{Cntrl}", "?");
        return VirtException.qemu(
                ErrorCode.XML_ERROR, "'%s' cannot be the name of a domain: %s".formatted(printable, why));
    }
}
