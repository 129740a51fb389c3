package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.VirtException;
import org.virtkeep.nbd.ContextName;
import org.virtkeep.nbd.NbdException;
import org.virtkeep.nbd.NbdNegotiation;
import org.virtkeep.nbd.NbdSession;

/// An image file, read-only, through a `qemu-nbd` of its own, which knows the formats. Owns the process,
/// which ends with the connection, also if this process dies.
final class ServedFile implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final String EXPORT = "image";
    private static final int COMPLAINT_BYTES = 2000;

    private final Path folder;
    private final Process process;
    private final NbdSession session;

    private ServedFile(Path folder, Process process, NbdSession session) {
        this.folder = folder;
        this.process = process;
        this.session = session;
    }

    /// @param format as QEMU names it
    /// @param alone without its backing chain
    /// @throws VirtException OPERATION_FAILED if qemu-nbd refuses the image, with its words;
    ///     OPERATION_UNSUPPORTED if there is no qemu-nbd
    static ServedFile open(Path image, String format, boolean alone) throws IOException {
        Path folder = Files.createTempDirectory("virtkeep-import");
        try {
            Path socket = folder.resolve("s");
            Path log = folder.resolve("log");
            Process process = start(image, format, alone, socket, log);
            try {
                return new ServedFile(folder, process, connect(image, process, socket, log));
            } catch (IOException | RuntimeException e) {
                process.destroyForcibly();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            remove(folder);
            throw e;
        }
    }

    private static Process start(Path image, String format, boolean alone, Path socket, Path log) {
        try {
            return new ProcessBuilder(List.of(
                            "qemu-nbd",
                            "--read-only",
                            "--allocation-depth",
                            "--export-name=" + EXPORT,
                            "--socket=" + socket,
                            node(image, format, alone)))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new VirtException(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    ErrorDomain.STORAGE,
                    "qemu-nbd, which reads images, cannot be run: %s".formatted(e.getMessage()),
                    e);
        }
    }

    /// QEMU's pseudo-protocol `json:`.
    private static String node(Path image, String format, boolean alone) {
        String file = image.toAbsolutePath().toString().replace("\\", "\\\\").replace("\"", "\\\"");
        return "json:{\"driver\":\"%s\",\"file\":{\"driver\":\"file\",\"filename\":\"%s\",\"locking\":\"auto\"}%s}"
                .formatted(format, file, alone ? ",\"backing\":null" : "");
    }

    private static NbdSession connect(Path image, Process process, Path socket, Path log) throws IOException {
        Deadline deadline = Deadline.in(START_LIMIT);
        while (true) {
            if (!process.isAlive()) {
                throw new VirtException(
                        ErrorCode.OPERATION_FAILED,
                        ErrorDomain.STORAGE,
                        "image '%s' cannot be read: %s".formatted(image, complaint(log)));
            }
            try (var negotiation = NbdNegotiation.connect(new NbdAddress.Unix(socket.toString()), deadline)) {
                negotiation.requestContexts(
                        EXPORT, List.of(ContextName.BASE_ALLOCATION, ContextName.QEMU_ALLOCATION_DEPTH));
                return negotiation.go(EXPORT);
            } catch (NbdException.Disconnected e) {
                if (deadline.hasPassed()) {
                    throw e;
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        }
    }

    private static String complaint(Path log) throws IOException {
        String text = Files.readString(log).strip().replace('\n', ' ');
        return text.substring(0, Math.min(text.length(), COMPLAINT_BYTES));
    }

    NbdSession session() {
        return session;
    }

    @Override
    public void close() throws IOException {
        session.close();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        remove(folder);
    }

    private static void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve("s"));
        Files.deleteIfExists(folder.resolve("log"));
        Files.deleteIfExists(folder);
    }
}
