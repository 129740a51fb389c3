package org.virtkeep.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// Reads the documents that commands are given: a file's name, or `-` for standard input.
final class XmlInput {
    /// More than any domain's XML, and what libvirt takes for a string at most.
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final String STANDARD_INPUT = "-";

    private XmlInput() {}

    static boolean isStandardInput(String name) {
        return name.equals(STANDARD_INPUT);
    }

    /// The text of the document.
    ///
    /// @throws VirtException SYSTEM_ERROR if it cannot be read, INVALID_ARG if it is too long or not UTF-8
    static String read(String name, InputStream standardInput) {
        String what = isStandardInput(name) ? "standard input" : "file '%s'".formatted(name);
        try {
            byte[] bytes = bytes(name, standardInput);
            if (bytes.length > MAX_BYTES) {
                throw invalid(what + " is larger than 4 MiB, which is more than an XML document may have", null);
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (InvalidPathException e) {
            throw invalid("'%s' is not a file's name: %s".formatted(name, e.getReason()), e);
        } catch (CharacterCodingException e) {
            throw invalid(what + " is not encoded in UTF-8", e);
        } catch (IOException e) {
            String why = e instanceof NoSuchFileException ? "there is no such file" : reason(e);
            throw new VirtException(
                    ErrorCode.SYSTEM_ERROR, ErrorDomain.NONE, "%s cannot be read: %s".formatted(what, why), e);
        }
    }

    private static byte[] bytes(String name, InputStream standardInput) throws IOException {
        if (isStandardInput(name)) {
            return standardInput.readNBytes(MAX_BYTES + 1);
        }
        try (InputStream file = Files.newInputStream(Path.of(name))) {
            return file.readNBytes(MAX_BYTES + 1);
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    private static VirtException invalid(String message, Throwable cause) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.NONE, message, cause);
    }
}
