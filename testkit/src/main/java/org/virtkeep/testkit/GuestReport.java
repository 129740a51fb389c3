package org.virtkeep.testkit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What the guest's writer says about itself every second.
///
/// @param sequence number of the last record that is whole on its disk
/// @param state `running` or `paused`
/// @param recordsPerSecond since the report before
/// @param longestStall the longest single write since the report before, counting one that still hangs
/// @param worstStall the longest single write since the writer's start, counting one that still hangs
/// @param median of all single writes
/// @param percentile99 of all single writes
/// @param errors writes that failed and were tried again
public record GuestReport(
        long sequence,
        String state,
        long recordsPerSecond,
        Duration longestStall,
        Duration worstStall,
        Duration median,
        Duration percentile99,
        long errors) {

    private static final String PREFIX = "VIRTKEEP-GUEST report ";

    /// Reads a line of the console; empty if it is no report.
    public static Optional<GuestReport> of(String line) {
        int at = line.indexOf(PREFIX);
        if (at < 0) {
            return Optional.empty();
        }
        Map<String, String> fields = new HashMap<>();
        for (String word : line.substring(at + PREFIX.length()).strip().split(" ")) {
            String[] pair = word.split("=", 2);
            fields.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        try {
            return Optional.of(of(fields));
        } catch (NumberFormatException _) {
            return Optional.empty(); // a line that is not complete yet
        }
    }

    private static GuestReport of(Map<String, String> fields) {
        return new GuestReport(
                number(fields, "seq"),
                fields.getOrDefault("state", ""),
                number(fields, "rate"),
                micros(fields, "stall_us"),
                micros(fields, "worst_us"),
                micros(fields, "p50_us"),
                micros(fields, "p99_us"),
                number(fields, "errors"));
    }

    private static Duration micros(Map<String, String> fields, String name) {
        return Duration.ofNanos(1000 * number(fields, name));
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(fields.getOrDefault(name, ""));
    }
}
