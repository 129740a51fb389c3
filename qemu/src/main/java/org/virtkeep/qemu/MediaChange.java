package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DiskSourceXml;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.qemu.machine.DiskPlug;
import org.virtkeep.qemu.session.BackupOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;
import org.virtkeep.qmp.AddNode;
import org.virtkeep.qmp.CloseTray;
import org.virtkeep.qmp.InsertMedium;
import org.virtkeep.qmp.OpenTray;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.RemoveMedium;

/// Changes the medium in a drive under its guest. Confined to one thread, used once.
final class MediaChange {
    private final DomainSession session;
    private final String drive;
    private final String device;

    private MediaChange(DomainSession session, String drive) {
        this.session = session;
        this.drive = drive;
        this.device = session.run().orElseThrow().devices().get(drive).qdev();
    }

    /// @throws VirtException see [org.virtkeep.api.Domain#changeMedia]
    static void run(
            DomainSession session, BackupOperations backups, String drive, Optional<String> source, boolean force) {
        session.requireActive(ErrorCode.OPERATION_INVALID);
        DomainDisk before = session.definition()
                .disk(drive)
                .filter(disk -> disk.device() == DomainDisk.Device.CDROM)
                .orElseThrow(() -> noDrive(session, drive));
        DiskUse.requireNoBackup(session, backups, drive, "changed");
        Optional<DomainDefinition> filled = source.map(path -> filled(session, before, path));
        List<ObjectNode> nodes = filled.flatMap(definition -> definition.disk(drive))
                .map(DiskPlug::nodes) // refuses what cannot be read while the old medium is still in
                .orElse(List.of());
        var change = new MediaChange(session, drive);
        change.open(force);
        try {
            change.empty(before);
            filled.ifPresent(definition -> change.fill(definition, nodes));
        } finally {
            session.execute(new CloseTray(change.device));
        }
    }

    /// Changes the medium with which the domain starts, too or alone.
    ///
    /// @throws VirtException see [org.virtkeep.api.Domain#changeMedia]
    static void define(DomainSession session, String drive, Optional<String> source) {
        DomainDefinition definition = session.folder()
                .definitionXml()
                .map(DomainXml::read)
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.OPERATION_INVALID,
                        "domain '%s' is known only while it runs, and has no definition to change"
                                .formatted(session.name())));
        DomainDisk disk = definition
                .disk(drive)
                .filter(known -> known.device() == DomainDisk.Device.CDROM)
                .orElseThrow(() -> noDrive(session, drive));
        XmlElement changed = source.map(
                        path -> DiskSourceXml.withImage(definition.document(), drive, image(path), disk.format()))
                .orElseGet(() -> withoutMedium(definition.document(), drive));
        session.folder()
                .writeDefinition(DomainXml.read(changed.write()).document().write());
    }

    private static VirtException noDrive(DomainSession session, String drive) {
        return VirtException.qemu(
                ErrorCode.INVALID_ARG,
                "domain '%s' has no drive '%s' whose medium could be changed".formatted(session.name(), drive));
    }

    private static DiskSource image(String path) {
        return path.startsWith("/dev/") ? new DiskSource.Block(path) : new DiskSource.File(path);
    }

    private static DomainDefinition filled(DomainSession session, DomainDisk drive, String path) {
        return DomainXml.read(
                DiskSourceXml.withImage(session.definition().document(), drive.target(), image(path), drive.format())
                        .write());
    }

    private void open(boolean force) {
        try {
            session.execute(new OpenTray(device, force));
        } catch (VirtException e) {
            if (e.getCause() instanceof QmpException.Refused) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_FAILED,
                        "the guest of domain '%s' does not open drive '%s': %s; unmount the medium there, or force it (--force)"
                                .formatted(session.name(), drive, e.getMessage()),
                        e);
            }
            throw e;
        }
    }

    private void empty(DomainDisk before) {
        if (before.source().isEmpty()) {
            return;
        }
        List<String> nodes = DiskHotplug.nodes(session, drive);
        session.execute(new RemoveMedium(device));
        nodes.forEach(node -> DiskHotplug.close(session, node));
        record(DomainXml.read(
                withoutMedium(session.definition().document(), drive).write()));
    }

    private void fill(DomainDefinition definition, List<ObjectNode> nodes) {
        nodes.forEach(node -> session.execute(new AddNode(node)));
        session.execute(new InsertMedium(device, drive));
        record(definition);
    }

    private void record(DomainDefinition definition) {
        Map<String, DiskDevice> devices = session.run().orElseThrow().devices();
        session.changeDisks(definition, devices);
    }

    private static XmlElement withoutMedium(XmlElement domain, String drive) {
        return DiskHotplug.changed(
                domain,
                devices -> devices.stream()
                        .map(child -> DiskHotplug.isDisk(child, drive) ? withoutSource(child) : child)
                        .toList());
    }

    private static XmlElement withoutSource(XmlElement disk) {
        return disk.withChildren(disk.children().stream()
                .filter(child -> !child.name().equals("source") && !child.name().equals("backingStore"))
                .toList());
    }
}
