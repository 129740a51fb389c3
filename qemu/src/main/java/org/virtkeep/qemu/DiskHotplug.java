package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.virtkeep.api.Domain.DeviceFlag;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.machine.DiskPlug;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;
import org.virtkeep.qemu.state.UndoLog;
import org.virtkeep.qmp.AddNode;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QomList;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.RemoveDevice;
import org.virtkeep.qmp.RemoveNode;

/// Plugs disks into a running guest and unplugs them. The record comes before the device: a disk
/// that is recorded and not there can be detached. Stateless.
final class DiskHotplug {
    /// A guest that knows how answers within a second or two.
    private static final Duration GUEST_LIMIT = Duration.ofSeconds(15);
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(60);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(20);

    private DiskHotplug() {}

    /// @throws VirtException see [org.virtkeep.api.Domain#attachDisk]
    static void attach(DomainSession session, String xml, Set<DeviceFlag> flags) {
        XmlElement element = XmlElement.read(xml);
        if (flags.contains(DeviceFlag.CONFIG_ONLY)) {
            define(session, disks -> plus(disks, element));
            return;
        }
        session.requireActive(ErrorCode.OPERATION_INVALID);
        DomainDefinition before = session.definition();
        DomainDefinition after = DomainXml.read(
                changed(before.document(), disks -> plus(disks, element)).write());
        DomainDisk disk = after.disks().stream()
                .filter(candidate -> before.disk(candidate.target()).isEmpty())
                .findFirst()
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.OPERATION_INVALID,
                        "domain '%s' has a disk of that name; choose another target".formatted(session.name())));
        Optional<String> persistent = flags.contains(DeviceFlag.CONFIG)
                ? persistent(session, disks -> plus(disks, element))
                : Optional.empty();
        Optional<String> slot = disk.bus() == DomainDisk.Bus.VIRTIO ? FreeSlots.first(session) : Optional.empty();
        Map<String, DiskDevice> devices =
                new HashMap<>(session.run().orElseThrow().devices());
        Map<String, DiskDevice> without = Map.copyOf(devices);
        devices.put(disk.target(), DiskPlug.name(disk));
        try (var undo = new UndoLog()) {
            if (disk.source().isPresent()) {
                openNodes(session, disk, undo);
            }
            undo.push("forget the disk", () -> session.changeDisks(before, without));
            session.changeDisks(after, devices);
            session.execute(DiskPlug.device(disk, slot));
            undo.release();
        }
        session.emitSoon((sequence, time) ->
                new Event.GuestNotice(sequence, time, session.name(), new Event.Notice.DeviceAdded(disk.target())));
        persistent.ifPresent(session.folder()::writeDefinition);
    }

    private static void openNodes(DomainSession session, DomainDisk disk, UndoLog undo) {
        for (ObjectNode node : DiskPlug.nodes(disk)) {
            try {
                session.monitor().execute(new AddNode(node), Deadline.in(OPEN_LIMIT));
            } catch (QmpException e) {
                throw session.failure(e);
            }
            String name = node.path("node-name").asText();
            undo.push("close node " + name, () -> session.execute(new RemoveNode(name)));
        }
    }

    /// @throws VirtException see [org.virtkeep.api.Domain#detachDisk]
    static void detach(DomainSession session, BackupOperations backups, String target, Set<DeviceFlag> flags) {
        if (flags.contains(DeviceFlag.CONFIG_ONLY)) {
            requireDefinedDisk(session, target);
            define(session, disks -> minus(disks, target));
            return;
        }
        session.requireActive(ErrorCode.OPERATION_INVALID);
        DomainDefinition before = session.definition();
        if (before.disk(target).isEmpty()) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG, "domain '%s' has no disk '%s'".formatted(session.name(), target));
        }
        DiskUse.requireNoBackup(session, backups, target, "detached");
        Optional<String> persistent = flags.contains(DeviceFlag.CONFIG)
                ? persistent(session, disks -> minus(disks, target))
                : Optional.empty();
        List<String> nodes = nodes(session, target);
        unplug(session, target);
        nodes.forEach(node -> close(session, node));
        Map<String, DiskDevice> devices =
                new HashMap<>(session.run().orElseThrow().devices());
        devices.remove(target);
        session.changeDisks(
                DomainXml.read(changed(before.document(), disks -> minus(disks, target))
                        .write()),
                devices);
        persistent.ifPresent(session.folder()::writeDefinition);
    }

    /// The disk's nodes, users before what they use.
    static List<String> nodes(DomainSession session, String target) {
        BlockGraph graph = BlockGraph.query(session);
        var nodes = new ArrayList<String>();
        for (LiveDisk disk : session.disks()) {
            if (disk.target().equals(target)) {
                DiskChain chain = graph.chain(disk);
                for (BlockNode layer : chain.layers()) {
                    nodes.add(layer.name());
                    graph.child(layer, "file").ifPresent(nodes::add);
                    graph.child(layer, "data-file").ifPresent(nodes::add);
                }
            }
        }
        return nodes;
    }

    /// A device that has just been unplugged may hold its node for a moment.
    static void close(DomainSession session, String node) {
        var deadline = Deadline.in(CLOSE_LIMIT);
        while (isOpen(session, node)) {
            try {
                session.execute(new RemoveNode(node));
            } catch (VirtException e) {
                if (deadline.hasPassed()) {
                    throw e;
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        }
    }

    private static boolean isOpen(DomainSession session, String node) {
        return session.execute(new QueryNamedBlockNodes()).stream()
                .anyMatch(candidate -> candidate.name().equals(node));
    }

    private static void unplug(DomainSession session, String device) {
        if (!isPlugged(session, device)) {
            return;
        }
        session.execute(new RemoveDevice(device));
        var deadline = Deadline.in(GUEST_LIMIT);
        while (isPlugged(session, device)) {
            if (deadline.hasPassed()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_TIMEOUT,
                        "the guest of domain '%s' has not given disk '%s' up within %d s; it has it still, and can be asked again"
                                .formatted(session.name(), device, GUEST_LIMIT.toSeconds()));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static boolean isPlugged(DomainSession session, String device) {
        return session.execute(new QomList("/machine/peripheral")).stream()
                .anyMatch(child -> child.name().equals(device));
    }

    /// Changes the persistent definition alone.
    ///
    /// @throws VirtException OPERATION_INVALID if there is none; what the changed document lacks
    static void define(DomainSession session, UnaryOperator<List<XmlElement>> change) {
        String changed = persistent(session, change)
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.OPERATION_INVALID,
                        "domain '%s' is known only while it runs, and has no definition to change"
                                .formatted(session.name())));
        session.folder().writeDefinition(changed);
    }

    private static void requireDefinedDisk(DomainSession session, String target) {
        boolean there = session.folder()
                .definitionXml()
                .map(DomainXml::read)
                .flatMap(definition -> definition.disk(target))
                .isPresent();
        if (!there) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG,
                    "the definition of domain '%s' has no disk '%s'".formatted(session.name(), target));
        }
    }

    private static Optional<String> persistent(DomainSession session, UnaryOperator<List<XmlElement>> change) {
        return session.folder()
                .definitionXml()
                .map(xml -> DomainXml.read(changed(XmlElement.read(xml), change).write())
                        .document()
                        .write());
    }

    /// The document with other elements in `<devices>`.
    static XmlElement changed(XmlElement domain, UnaryOperator<List<XmlElement>> change) {
        return domain.withChildren(domain.children().stream()
                .map(child ->
                        child.name().equals("devices") ? child.withChildren(change.apply(child.children())) : child)
                .toList());
    }

    private static List<XmlElement> plus(List<XmlElement> devices, XmlElement disk) {
        var all = new ArrayList<>(devices);
        all.add(disk);
        return all;
    }

    private static List<XmlElement> minus(List<XmlElement> devices, String target) {
        return devices.stream().filter(device -> !isDisk(device, target)).toList();
    }

    static boolean isDisk(XmlElement device, String target) {
        return device.name().equals("disk")
                && device.child("target")
                        .flatMap(child -> child.attribute("dev"))
                        .filter(target::equals)
                        .isPresent();
    }
}
