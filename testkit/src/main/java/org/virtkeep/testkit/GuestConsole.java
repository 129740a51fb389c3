package org.virtkeep.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The console of the Linux guest, read from the file that QEMU writes it to. It may be followed while the guest
/// runs, whoever started that, and read afterwards. Immutable: each question reads the file.
public final class GuestConsole {

    private static final String MARK = "VIRTKEEP-GUEST ";

    private final Path file;

    private GuestConsole(Path file) {
        this.file = file;
    }

    public static GuestConsole of(Path file) {
        return new GuestConsole(file);
    }

    /// The guest's words for programs, without their prefix, complete lines only: `booted uptime=…`, `ready seq=…`,
    /// `paused seq=…`, `write-error errno=…`.
    public List<String> messages() {
        return lines().stream()
                .filter(line -> line.contains(MARK))
                .map(line -> line.substring(line.indexOf(MARK) + MARK.length()).strip())
                .toList();
    }

    /// The writer's latest report; empty before the first.
    public Optional<GuestReport> report() {
        return lines().reversed().stream()
                .map(GuestReport::of)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// Waits until the writer begins, and gives the number of the record before its first one.
    public long awaitReady(Duration limit) {
        return number(await(0, limit, message -> message.startsWith("ready ")), "seq");
    }

    /// Waits for a message at or after position `from` of [#messages()], and gives the first.
    public String await(int from, Duration limit, Predicate<String> wanted) {
        Await.until("a message of the guest; " + file, limit, () -> {
            requireNoFailure();
            return find(from, wanted).isPresent();
        });
        return find(from, wanted).orElseThrow();
    }

    /// Waits until a report tells of record `number` or a later one.
    public GuestReport awaitSequence(long number, Duration limit) {
        Await.until("record " + number + " of the guest; " + file, limit, () -> {
            requireNoFailure();
            return report().filter(report -> report.sequence() >= number).isPresent();
        });
        return report().orElseThrow();
    }

    /// Waits for the next report after now.
    public GuestReport awaitNextReport(Duration limit) {
        await(messages().size(), limit, message -> message.startsWith("report "));
        return report().orElseThrow();
    }

    /// The value of `key=value` in a message.
    static long number(String message, String key) {
        return Long.parseLong(message.replaceAll("^(.* )?" + key + "=(\\d+).*$", "$2"));
    }

    private Optional<String> find(int from, Predicate<String> wanted) {
        return messages().stream().skip(from).filter(wanted).findFirst();
    }

    private void requireNoFailure() {
        find(0, message -> message.startsWith("failed ")).ifPresent(failure -> {
            throw new AssertionError("the guest " + failure);
        });
    }

    private List<String> lines() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
