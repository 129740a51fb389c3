package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Objects;

/// The options of one block node (`BlockdevOptions`, qapi/block-core.json). Immutable: each `with` makes a
/// new one.
///
/// Nodes are named by us and refer to each other by name; so each is added and removed by itself.
public final class NodeOptions {
    private final ObjectNode options;

    private NodeOptions(ObjectNode options) {
        this.options = options;
    }

    /// A node of any driver, without further options.
    public static NodeOptions of(String driver, String nodeName) {
        return new NodeOptions(Json.object("driver", driver).put("node-name", nodeName));
    }

    /// Options in QEMU's form.
    public static NodeOptions copyOf(ObjectNode options) {
        return new NodeOptions(options.deepCopy());
    }

    /// A regular file.
    public static NodeOptions file(String nodeName, Path file) {
        return of("file", nodeName).with("filename", file.toString());
    }

    /// A block device of the host.
    public static NodeOptions hostDevice(String nodeName, Path device) {
        return of("host_device", nodeName).with("filename", device.toString());
    }

    /// An export of an NBD server that listens on a unix socket.
    public static NodeOptions nbd(String nodeName, Path socket, String exportName) {
        ObjectNode server = Json.object("type", "unix").put("path", socket.toString());
        return of("nbd", nodeName).with("server", server).with("export", exportName);
    }

    /// An export of an NBD server that listens on TCP.
    public static NodeOptions nbd(String nodeName, String host, int port, String exportName) {
        ObjectNode server = Json.object("type", "inet").put("host", host).put("port", Integer.toString(port));
        return of("nbd", nodeName).with("server", server).with("export", exportName);
    }

    /// A qcow2 image in the node `file`. Say also what it stands on: [#withBacking] or [#withoutBacking];
    /// otherwise QEMU opens the backing file that the image names.
    public static NodeOptions qcow2(String nodeName, String file) {
        return of("qcow2", nodeName).with("file", file);
    }

    /// A raw image in the node `file`.
    public static NodeOptions raw(String nodeName, String file) {
        return of("raw", nodeName).with("file", file);
    }

    /// The disk as it was when the copy-before-write filter `filter` was put on it.
    public static NodeOptions snapshotAccess(String nodeName, String filter) {
        return of("snapshot-access", nodeName).with("file", filter);
    }

    /// A filter that copies what is about to be overwritten in `file` to the node `target`.
    public static NodeOptions copyBeforeWrite(String nodeName, String file, String target) {
        return of("copy-before-write", nodeName).with("file", file).with("target", target);
    }

    /// A filter that limits the requests to `file` by the object `group` of type `throttle-group`.
    public static NodeOptions throttle(String nodeName, String group, String file) {
        return of("throttle", nodeName).with("throttle-group", group).with("file", file);
    }

    /// Opens the node for reading only. Not for the file node of a backing image, which a commit writes to:
    /// that takes [#withAutoReadOnly].
    public NodeOptions withReadOnly() {
        return with("read-only", true);
    }

    /// Opens the node for writing only while somebody writes.
    public NodeOptions withAutoReadOnly() {
        return with("auto-read-only", true);
    }

    /// Hands discards on instead of dropping them; with `detect-zeroes` of `unmap` also zeros that are
    /// written.
    public NodeOptions withDiscardUnmap() {
        return with("discard", "unmap");
    }

    /// Turns writes of zeros into discards; needs [#withDiscardUnmap].
    public NodeOptions withDetectZeroesUnmap() {
        return with("detect-zeroes", "unmap");
    }

    /// Bypasses the host's page cache.
    public NodeOptions withDirectIo() {
        return withCache("direct");
    }

    /// Never forces anything to the disk: for what nobody needs any more when QEMU or the host has died.
    public NodeOptions withoutFlush() {
        return withCache("no-flush");
    }

    private NodeOptions withCache(String option) {
        ObjectNode cache = Json.object();
        return with("cache", cache.put(option, true));
    }

    /// Stands on the node `backing`.
    public NodeOptions withBacking(String backing) {
        return with("backing", backing);
    }

    /// Stands on nothing, whatever the image says.
    public NodeOptions withoutBacking() {
        return with("backing", Json.object().nullNode());
    }

    /// Keeps the data of a qcow2 image in the node `dataFile`.
    public NodeOptions withDataFile(String dataFile) {
        return with("data-file", dataFile);
    }

    public NodeOptions with(String option, String value) {
        return with(option, Json.object().textNode(value));
    }

    public NodeOptions with(String option, boolean value) {
        return with(option, Json.object().booleanNode(value));
    }

    public NodeOptions with(String option, long value) {
        return with(option, Json.object().numberNode(value));
    }

    /// Adds an option, or replaces it.
    public NodeOptions with(String option, JsonNode value) {
        ObjectNode changed = options.deepCopy();
        changed.set(option, Objects.requireNonNull(value, "value is null").deepCopy());
        return new NodeOptions(changed);
    }

    public String nodeName() {
        return options.get("node-name").textValue();
    }

    /// A copy in QEMU's form.
    public ObjectNode toJson() {
        return options.deepCopy();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NodeOptions that && options.equals(that.options);
    }

    @Override
    public int hashCode() {
        return options.hashCode();
    }

    @Override
    public String toString() {
        return options.toString();
    }
}
