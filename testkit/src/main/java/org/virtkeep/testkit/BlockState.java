package org.virtkeep.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/// Everything in QEMU's block layer that a backup job may have added: nodes, bitmaps, jobs, exports. Two states are
/// equal when nothing was added or left behind; how much is written or dirty does not count. The NBD server can
/// not be asked for; [OpenFiles] sees its socket.
///
/// @param nodes names from `query-named-block-nodes`, with driver and file
/// @param bitmaps as `NODE/NAME` with what they are (recording, persistent, inconsistent), but not their count
/// @param jobs from `query-jobs`, with type and status
/// @param exports from `query-block-exports`
/// @param devices as `QDEV -> NODE`: which node each disk's device sits on
public record BlockState(
        List<String> nodes, List<String> bitmaps, List<String> jobs, List<String> exports, List<String> devices) {

    /// Asks QEMU. The answer is of one moment only if nothing changes meanwhile.
    public static BlockState capture(Monitor monitor) {
        JsonNode named = monitor.execute("query-named-block-nodes");
        List<String> bitmaps = new ArrayList<>();
        for (JsonNode node : named) {
            String name = node.path("node-name").asText();
            node.path("dirty-bitmaps").forEach(bitmap -> bitmaps.add(name + "/" + describeBitmap(bitmap)));
        }
        return new BlockState(
                sorted(named, BlockState::describeNode),
                bitmaps.stream().sorted().toList(),
                sorted(monitor.execute("query-jobs"), BlockState::describeJob),
                sorted(monitor.execute("query-block-exports"), BlockState::describeExport),
                sorted(monitor.execute("query-block"), BlockState::describeDevice));
    }

    /// Throws [AssertionError] with what is too much and what is missing unless QEMU is as it was at `this`.
    public void requireUnchanged(Monitor monitor) {
        BlockState now = capture(monitor);
        if (!equals(now)) {
            throw new AssertionError("QEMU's block layer is not as before:" + difference(now));
        }
    }

    private String difference(BlockState now) {
        return change("nodes", nodes, now.nodes)
                + change("bitmaps", bitmaps, now.bitmaps)
                + change("jobs", jobs, now.jobs)
                + change("exports", exports, now.exports)
                + change("devices", devices, now.devices);
    }

    private static String change(String what, List<String> before, List<String> now) {
        var added = new TreeSet<>(now);
        before.forEach(added::remove);
        var gone = new TreeSet<>(before);
        now.forEach(gone::remove);
        return (added.isEmpty() ? "" : "\n  " + what + " added: " + added)
                + (gone.isEmpty() ? "" : "\n  " + what + " gone: " + gone);
    }

    private static List<String> sorted(JsonNode list, Function<JsonNode, String> describe) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(describe)
                .sorted()
                .toList();
    }

    /// QEMU numbers the nodes that nobody named (`#block123`) anew each time: their names do not count.
    private static String describeNode(JsonNode node) {
        String name = node.path("node-name").asText();
        String shown = name.startsWith("#block") ? "(unnamed)" : name;
        return shown + " " + node.path("drv").asText() + " " + node.path("file").asText();
    }

    private static String describeBitmap(JsonNode bitmap) {
        var text = new StringBuilder(bitmap.path("name").asText("(anonymous)"));
        for (String property : List.of("recording", "persistent", "inconsistent", "busy")) {
            Optional.of(property)
                    .filter(name -> bitmap.path(name).asBoolean())
                    .ifPresent(name -> text.append(' ').append(name));
        }
        return text.append(" granularity ")
                .append(bitmap.path("granularity").asInt())
                .toString();
    }

    private static String describeJob(JsonNode job) {
        return job.path("id").asText() + " " + job.path("type").asText() + " "
                + job.path("status").asText();
    }

    private static String describeExport(JsonNode export) {
        return export.path("id").asText() + " of " + export.path("node-name").asText();
    }

    private static String describeDevice(JsonNode device) {
        String node = device.path("inserted").path("node-name").asText();
        return device.path("qdev").asText() + " -> " + node;
    }
}
