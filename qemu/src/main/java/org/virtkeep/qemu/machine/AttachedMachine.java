package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.XmlElement;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;
import org.virtkeep.qmp.BlockBackend;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;
import org.virtkeep.qmp.QomGet;
import org.virtkeep.qmp.QueryBlock;
import org.virtkeep.qmp.QueryCpusFast;
import org.virtkeep.qmp.QueryNamedBlockNodes;
import org.virtkeep.qmp.QueryUuid;

/// A QEMU that someone else started, as far as backups care, in the words of a domain's definition.
/// Immutable.
///
/// @param definition what it runs; only its disks are described in full
/// @param devices    the disks' devices, by target
/// @param leftOut    devices with a disk that cannot be described, and why; for people
public record AttachedMachine(DomainDefinition definition, Map<String, DiskDevice> devices, List<String> leftOut) {

    private static final UUID UNSET = new UUID(0, 0);
    private static final long BYTES_PER_KIB = 1024;

    public AttachedMachine {
        devices = Map.copyOf(devices);
        leftOut = List.copyOf(leftOut);
    }

    /// Asks a QEMU what it is.
    ///
    /// @param workingDirectory of QEMU, where known: relative names of images start there
    public static AttachedMachine inspect(
            String name, QmpMonitor monitor, Optional<Path> workingDirectory, Deadline deadline) throws QmpException {
        return new Inspection(name, monitor, workingDirectory, deadline).run();
    }

    private static final class Inspection {
        private final String name;
        private final QmpMonitor monitor;
        private final Optional<Path> workingDirectory;
        private final Deadline deadline;
        private final Map<String, DiskDevice> devices = new HashMap<>();
        private final List<XmlElement> disks = new ArrayList<>();
        private final List<String> leftOut = new ArrayList<>();

        Inspection(String name, QmpMonitor monitor, Optional<Path> workingDirectory, Deadline deadline) {
            this.name = name;
            this.monitor = monitor;
            this.workingDirectory = workingDirectory;
            this.deadline = deadline;
        }

        AttachedMachine run() throws QmpException {
            var found = new ArrayList<Found>();
            for (BlockBackend backend : ask(new QueryBlock())) {
                if (backend.qdev().isPresent()) {
                    found(backend, backend.qdev().get()).ifPresent(found::add);
                }
            }
            List<BlockNode> nodes = ask(new QueryNamedBlockNodes());
            var names = new DiskNames(
                    found.stream().map(Found::id).flatMap(Optional::stream).toList());
            for (Found disk : found) {
                describe(disk, names, nodes);
            }
            return new AttachedMachine(DomainXml.read(document()), devices, leftOut);
        }

        private <R> R ask(QmpCommand<R> command) throws QmpException {
            return monitor.execute(command, deadline);
        }

        /// A device with a disk, of a type that we know.
        private record Found(String qdev, DiskType type, Optional<String> id, Optional<BlockNode> inserted) {}

        private Optional<Found> found(BlockBackend backend, String qdev) throws QmpException {
            String type = ask(new QomGet(qdev, "type")).asText();
            return DiskType.of(type).map(known -> new Found(qdev, known, DiskNames.idOf(qdev), backend.inserted()));
        }

        private void describe(Found disk, DiskNames names, List<BlockNode> nodes) throws QmpException {
            Optional<Medium> medium = disk.inserted.flatMap(top -> medium(top, nodes));
            if (medium.isEmpty() && (disk.inserted.isPresent() || !disk.type.isCdrom())) {
                leftOut.add("device '%s': its image '%s' is of a kind that cannot be backed up"
                        .formatted(
                                disk.qdev,
                                disk.inserted.map(BlockNode::filename).orElse("")));
                return;
            }
            String target = names.next(disk.type, disk.id);
            boolean readOnly = disk.inserted.map(BlockNode::readOnly).orElse(true);
            disks.add(element(disk.type, target, medium, readOnly));
            devices.put(target, new DiskDevice(disk.qdev, iothread(disk)));
        }

        private Optional<String> iothread(Found disk) throws QmpException {
            if (!disk.type.hasIothread()) {
                return Optional.empty();
            }
            try {
                String path = ask(new QomGet(disk.qdev, "iothread")).asText();
                return Optional.of(path.substring(path.lastIndexOf('/') + 1)).filter(id -> !id.isEmpty());
            } catch (QmpException.Refused _) {
                return Optional.empty(); // this device cannot have one
            }
        }

        private record Medium(DiskSource source, String format) {}

        /// The image under the device, through filters.
        private Optional<Medium> medium(BlockNode top, List<BlockNode> nodes) {
            return formatNode(top, nodes)
                    .flatMap(node -> source(node.filename()).map(source -> new Medium(source, node.driver())));
        }

        private static Optional<BlockNode> formatNode(BlockNode top, List<BlockNode> nodes) {
            if (isFormat(top)) {
                return Optional.of(top);
            }
            return nodes.stream()
                    .filter(node -> isFormat(node) && node.filename().equals(top.filename()))
                    .findFirst();
        }

        private static boolean isFormat(BlockNode node) {
            return node.driver().equals("qcow2") || node.driver().equals("raw");
        }

        private Optional<DiskSource> source(String filename) {
            if (filename.startsWith("json:")) {
                return JsonFileName.source(filename);
            }
            if (filename.startsWith("nbd")) {
                return NbdFileName.source(filename);
            }
            if (filename.contains("://")) {
                return Optional.empty();
            }
            Path path = workingDirectory.map(dir -> dir.resolve(filename)).orElse(Path.of(filename));
            return Optional.of(path)
                    .filter(Path::isAbsolute)
                    .map(file -> ImageChain.localSource(file.normalize().toString()));
        }

        private XmlElement document() throws QmpException {
            UUID uuid = ask(new QueryUuid());
            long memory = ask(new MachineQuery("query-memory-size-summary"))
                    .path("base-memory")
                    .asLong();
            boolean kvm = ask(new MachineQuery("query-kvm")).path("enabled").asBoolean();
            var type = XmlElement.of("type", "hvm").with("arch", "x86_64");
            Optional<String> machine = machine();
            if (machine.isPresent()) {
                type = type.with("machine", machine.get());
            }
            return XmlElement.of("domain")
                    .with("type", kvm ? "kvm" : "qemu")
                    .with(XmlElement.of("name", name))
                    .with(XmlElement.of("uuid", (uuid.equals(UNSET) ? uuidOfName() : uuid).toString()))
                    .with(XmlElement.of("memory", Long.toString(Math.max(1, memory / BYTES_PER_KIB)))
                            .with("unit", "KiB"))
                    .with(XmlElement.of("vcpu", Integer.toString(processors())))
                    .with(XmlElement.of("os").with(type))
                    .with(XmlElement.of("devices").with(disks));
        }

        /// A QEMU without a UUID gets the same one each time it is attached by this name.
        private UUID uuidOfName() {
            return UUID.nameUUIDFromBytes(("virtkeep-attached:" + name).getBytes(StandardCharsets.UTF_8));
        }

        private int processors() throws QmpException {
            return Math.max(1, ask(new QueryCpusFast()).size());
        }

        /// Only of a kind that the definition can name.
        private Optional<String> machine() throws QmpException {
            String type = ask(new QomGet("/machine", "type")).asText().replaceFirst("-machine$", "");
            return Optional.of(type).filter(text -> text.matches("pc-(i440fx|q35)-[A-Za-z0-9._-]+"));
        }

        private static XmlElement element(DiskType type, String target, Optional<Medium> medium, boolean readOnly) {
            var disk = XmlElement.of("disk")
                    .with(
                            "type",
                            medium.map(Medium::source).map(DiskElements::type).orElse("file"))
                    .with("device", type.isCdrom() ? "cdrom" : "disk")
                    .with(XmlElement.of("driver")
                            .with("name", "qemu")
                            .with("type", medium.map(Medium::format).orElse("raw")));
            if (medium.isPresent()) {
                disk = disk.with(DiskElements.source(medium.get().source()));
            }
            disk = disk.with(XmlElement.of("target").with("dev", target).with("bus", type.bus()));
            return readOnly ? disk.with(XmlElement.of("readonly")) : disk;
        }
    }

    /// A query of which only a member or two matter.
    private record MachineQuery(String name) implements QmpCommand<JsonNode> {
        @Override
        public JsonNode decode(JsonNode result) {
            return result;
        }
    }
}
