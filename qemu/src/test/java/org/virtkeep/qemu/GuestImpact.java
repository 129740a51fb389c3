package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.testkit.GuestReport;
import org.virtkeep.testkit.Monitor;

/// Measures what a guest notices while something is done: its longest write, as it saw it, and how long QEMU had paused
/// it, which it cannot see. Closing it drops its connection to QEMU.
final class GuestImpact implements AutoCloseable {
    private final GuestDomain guest;
    private final Monitor monitor;
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    GuestImpact(GuestDomain guest) {
        this.guest = guest;
        this.monitor = Monitor.connect(guest.vm().run().watchMonitors().getLast());
    }

    /// @param stall the longest single write, in the guest's time
    /// @param paused how long QEMU had stopped the guest, in the host's time
    /// @param rate records per second on average
    private record Sample(Duration stall, Duration paused, double rate) {}

    /// Runs `work` and adds what the guest noticed of it to the samples of `what`.
    void during(String what, Runnable work) {
        guest.console().awaitNextReport(GuestDomain.WRITE_LIMIT);
        int firstMessage = guest.console().messages().size();
        int firstEvent = monitor.events().size();
        work.run();
        guest.console().awaitNextReport(GuestDomain.WRITE_LIMIT);
        List<GuestReport> reports = guest.console().messages().stream()
                .skip(firstMessage)
                .map(message -> GuestReport.of("VIRTKEEP-GUEST " + message))
                .flatMap(Optional::stream)
                .toList();
        Duration stall = reports.stream()
                .map(GuestReport::longestStall)
                .max(Duration::compareTo)
                .orElseThrow();
        double rate = reports.stream()
                .mapToLong(GuestReport::recordsPerSecond)
                .average()
                .orElseThrow();
        samples.computeIfAbsent(what, _ -> new ArrayList<>()).add(new Sample(stall, pausedSince(firstEvent), rate));
    }

    private Duration pausedSince(int firstEvent) {
        Duration paused = Duration.ZERO;
        Optional<Duration> stopped = Optional.empty();
        for (JsonNode event : monitor.events().stream().skip(firstEvent).toList()) {
            Duration time = Duration.ofSeconds(
                            event.path("timestamp").path("seconds").asLong())
                    .plusNanos(
                            1000 * event.path("timestamp").path("microseconds").asLong());
            switch (event.path("event").asText()) {
                case "STOP" -> stopped = Optional.of(time);
                case "RESUME" -> {
                    paused = paused.plus(stopped.map(time::minus).orElse(Duration.ZERO));
                    stopped = Optional.empty();
                }
                default -> {}
            }
        }
        return paused;
    }

    boolean isPaused() {
        return !monitor.execute("query-status").path("running").asBoolean();
    }

    /// A table in Markdown, in the order of measuring.
    String table() {
        var table = new StringBuilder("| | longest write: median | worst | paused by QEMU: worst | records/s |\n");
        table.append("| --- | --- | --- | --- | --- |\n");
        samples.forEach((what, all) -> table.append("| %s | %s | %s | %s | %.0f |%n"
                .formatted(
                        what,
                        millis(median(all)),
                        millis(all.stream()
                                .map(Sample::stall)
                                .max(Duration::compareTo)
                                .orElseThrow()),
                        millis(all.stream()
                                .map(Sample::paused)
                                .max(Duration::compareTo)
                                .orElseThrow()),
                        all.stream().mapToDouble(Sample::rate).average().orElseThrow())));
        return table.toString();
    }

    private static Duration median(List<Sample> all) {
        return all.stream().map(Sample::stall).sorted().toList().get(all.size() / 2);
    }

    private static String millis(Duration time) {
        return time.isZero() ? "–" : String.format(Locale.ROOT, "%d ms", time.toMillis());
    }

    @Override
    public void close() {
        monitor.close();
    }
}
