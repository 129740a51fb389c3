package org.virtkeep.qmp;

import java.util.Optional;
import java.util.OptionalLong;

/// What was asked of one node (`BlockStats`). Times are nanoseconds.
///
/// @param qdev          the guest device; empty for a node that no device uses directly
/// @param nodeName      empty for a node that was not named
/// @param highestOffset behind the last byte written to what holds the image, as far as QEMU knows;
///     that of the node below, where there is one
/// @param backing       the same of the image below
public record BlockStats(
        Optional<String> qdev,
        Optional<String> nodeName,
        long readBytes,
        long reads,
        long readTime,
        long writtenBytes,
        long writes,
        long writeTime,
        long flushes,
        long flushTime,
        OptionalLong highestOffset,
        Optional<BlockStats> backing) {

    static BlockStats from(JsonObject node) throws QmpException.Protocol {
        JsonObject stats = node.object("stats");
        Optional<JsonObject> parent = node.optionalObject("parent");
        Optional<JsonObject> backing = node.optionalObject("backing");
        return new BlockStats(
                node.optionalText("qdev"),
                node.optionalText("node-name"),
                stats.number("rd_bytes"),
                stats.number("rd_operations"),
                stats.number("rd_total_time_ns"),
                stats.number("wr_bytes"),
                stats.number("wr_operations"),
                stats.number("wr_total_time_ns"),
                stats.number("flush_operations"),
                stats.number("flush_total_time_ns"),
                parent.isPresent() ? offset(parent.get().object("stats")) : OptionalLong.empty(),
                backing.isPresent() ? Optional.of(from(backing.get())) : Optional.empty());
    }

    private static OptionalLong offset(JsonObject stats) throws QmpException.Protocol {
        return stats.optionalNumber("wr_highest_offset").stream()
                .mapToLong(Long::longValue)
                .findFirst();
    }
}
