package org.virtkeep.qemu.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.api.DomainState;

/// One QEMU process and how to reach it, as recorded in `live.json`. Immutable.
///
/// @param id          number of this run, unique in the root
/// @param attached    true if someone else started this QEMU; it is never ended unasked then
/// @param phase       how far its start came
/// @param process     which process; empty while starting, and for an attached one that was not found
/// @param monitors    its QMP sockets: the first for commands, the others to watch and to rescue
/// @param devices     the disks' devices, by target
/// @param started     when we started or attached it
/// @param qemuVersion such as `7.2.22`; empty text while starting
/// @param reported    the state that was last announced by an event
/// @param reason      how it came to that state, in libvirt's words; may be empty
public record DomainRun(
        int id,
        boolean attached,
        Phase phase,
        Optional<ProcessIdentity> process,
        List<Path> monitors,
        Map<String, DiskDevice> devices,
        Instant started,
        String qemuVersion,
        DomainState reported,
        String reason) {

    private static final int FORMAT = 1;

    /// How far a start came.
    public enum Phase {
        /// The process may or may not exist; its guest has not run. If the starter dies, this is undone.
        STARTING,
        /// Started for good.
        STARTED
    }

    /// How a disk's device is known to QEMU.
    ///
    /// @param qdev     as `query-block` tells it: the device's id, or its path in QEMU's object tree
    /// @param iothread id of the iothread that serves it
    public record DiskDevice(String qdev, Optional<String> iothread) {}

    public DomainRun {
        monitors = List.copyOf(monitors);
        devices = Map.copyOf(devices);
        if (monitors.isEmpty()) {
            throw new IllegalArgumentException("a run needs at least one monitor");
        }
    }

    /// The monitor that commands go to.
    public Path workMonitor() {
        return monitors.getFirst();
    }

    /// The monitors that are left for watching jobs and for rescue; may be empty for an attached QEMU.
    public List<Path> watchMonitors() {
        return monitors.subList(1, monitors.size());
    }

    public DomainRun withReported(DomainState state, String why) {
        return new DomainRun(id, attached, phase, process, monitors, devices, started, qemuVersion, state, why);
    }

    /// The same run with other disks.
    public DomainRun withDevices(Map<String, DiskDevice> others) {
        return new DomainRun(id, attached, phase, process, monitors, others, started, qemuVersion, reported, reason);
    }

    /// The same run once its monitor has answered.
    public DomainRun started(Optional<ProcessIdentity> process, String qemuVersion, DomainState state) {
        return new DomainRun(
                id, attached, Phase.STARTED, process, monitors, devices, started, qemuVersion, state, reason);
    }

    ObjectNode toJson() {
        ObjectNode node = Json.object()
                .put("format", FORMAT)
                .put("id", id)
                .put("attached", attached)
                .put("phase", phase.name())
                .put("started", started.toString())
                .put("qemuVersion", qemuVersion)
                .put("reported", reported.name())
                .put("reason", reason);
        ArrayNode sockets = node.putArray("monitors");
        monitors.forEach(monitor -> sockets.add(monitor.toString()));
        ObjectNode disks = node.putObject("devices");
        devices.forEach((target, device) -> {
            ObjectNode disk = disks.putObject(target).put("qdev", device.qdev);
            device.iothread.ifPresent(iothread -> disk.put("iothread", iothread));
        });
        process.ifPresent(identity -> node.set("process", identity.toJson()));
        return node;
    }

    static DomainRun fromJson(JsonNode node) throws IOException {
        int format = Json.integer(node, "format");
        if (format > FORMAT) {
            throw new IOException(
                    "it has format %d, written by a newer version; this one knows %d".formatted(format, FORMAT));
        }
        var monitors = new ArrayList<Path>();
        for (JsonNode monitor : Json.elements(node, "monitors")) {
            monitors.add(Path.of(monitor.asText()));
        }
        return new DomainRun(
                Json.integer(node, "id"),
                Json.flag(node, "attached"),
                Json.constant(node, "phase", Phase.class),
                Json.has(node, "process")
                        ? Optional.of(ProcessIdentity.fromJson(node.path("process")))
                        : Optional.empty(),
                monitors,
                devices(node.path("devices")),
                Json.instant(node, "started"),
                Json.text(node, "qemuVersion"),
                Json.constant(node, "reported", DomainState.class),
                Json.optionalText(node, "reason").orElse(""));
    }

    private static Map<String, DiskDevice> devices(JsonNode node) throws IOException {
        var devices = new HashMap<String, DiskDevice>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            JsonNode device = entry.getValue();
            devices.put(
                    entry.getKey(), new DiskDevice(Json.text(device, "qdev"), Json.optionalText(device, "iothread")));
        }
        return devices;
    }
}
