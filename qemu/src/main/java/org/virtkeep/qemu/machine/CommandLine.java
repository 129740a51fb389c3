package org.virtkeep.qemu.machine;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.DiskArguments.Images;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;

/// How QEMU is called to run a domain. Immutable.
///
/// @param command   program and arguments
/// @param monitors  QMP sockets it will listen on; the first is for commands
/// @param devices   the disks' devices, by target
/// @param rehearsal a call that does the same except to open the images for writing; to be tried first
public record CommandLine(
        List<String> command, List<Path> monitors, Map<String, DiskDevice> devices, Optional<List<String>> rehearsal) {
    /// One for commands, the others to watch jobs and to rescue: a socket serves one client at a time.
    private static final int MONITORS = 5;

    public CommandLine {
        command = List.copyOf(command);
        monitors = List.copyOf(monitors);
        devices = Map.copyOf(devices);
    }

    /// Finds out how to run `domain`: looks at its images, at the program and at the host, and changes
    /// nothing, except that a missing UEFI variable store is made from its template.
    ///
    /// A QEMU that opens its images and then finds that it cannot start leaves all bitmaps in them unusable
    /// (7.2: it exits without closing them, and they stay marked as in use). So where there are bitmaps, the
    /// images' locks are checked here, and all the rest by a rehearsal with images that are only read.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED, OPERATION_UNSUPPORTED, RESOURCE_BUSY or SYSTEM_ERROR naming
    ///     what this host lacks or what cannot be opened
    public static CommandLine of(DomainDefinition domain, DomainFolder folder) {
        List<Path> monitors = monitorsOf(folder);
        VariableStore.prepare(domain);
        Map<String, List<ImageLayer>> layers = layers(domain);
        boolean atRisk =
                layers.values().stream().anyMatch(chain -> chain.getFirst().hasBitmaps());
        if (atRisk) {
            domain.disks().stream().filter(disk -> disk.source().isPresent()).forEach(ImageChain::requireUnlocked);
        }
        return new CommandLine(
                arguments(domain, folder, monitors, new Images(layers, false)),
                monitors,
                DiskArguments.devices(domain),
                atRisk ? Optional.of(arguments(domain, folder, monitors, new Images(layers, true))) : Optional.empty());
    }

    /// Where a domain's QEMU will listen.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED if the paths are too long
    public static List<Path> monitorsOf(DomainFolder folder) {
        return IntStream.range(0, MONITORS)
                .mapToObj(i -> folder.socket("qmp%d.sock".formatted(i)))
                .toList();
    }

    /// Where a domain's QEMU tells what happens to whoever listens, apart from its other monitors.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED if the path is too long
    public static Path eventMonitor(DomainFolder folder) {
        return folder.socket("qmp%d.sock".formatted(MONITORS));
    }

    /// The call that is tried first, as a command line of its own.
    Optional<CommandLine> asRehearsal() {
        return rehearsal.map(call -> new CommandLine(call, monitors, devices, Optional.empty()));
    }

    /// Where the guest agent's channel of a domain ends, if it has one.
    public static Path agentSocket(DomainFolder folder) {
        return folder.socket("agent.sock");
    }

    private static Map<String, List<ImageLayer>> layers(DomainDefinition domain) {
        var layers = new HashMap<String, List<ImageLayer>>();
        for (DomainDisk disk : domain.disks()) {
            if (disk.source().isPresent()) {
                layers.put(disk.target(), ImageChain.of(disk));
            }
        }
        return layers;
    }

    private static List<String> arguments(
            DomainDefinition domain, DomainFolder folder, List<Path> monitors, Images images) {
        Emulator emulator = Emulator.of(domain);
        BootOrder boot = BootOrder.of(domain);
        var arguments = new Arguments()
                .add(emulator.program().toString())
                .add("-name", "guest=%s,debug-threads=on".formatted(Arguments.escape(domain.name())))
                .add("-uuid", domain.uuid().toString())
                .add("-S", "-nodefaults", "-no-user-config")
                .add("-msg", "timestamp=on");
        if (emulator.hasSandbox()) {
            arguments.add("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        }
        addMonitors(
                arguments,
                Stream.concat(monitors.stream(), Stream.of(eventMonitor(folder)))
                        .toList());
        MachineArguments.add(arguments, domain);
        DeviceArguments.addIothreads(arguments, domain);
        DiskArguments.add(arguments, domain, boot.disks(), images);
        DeviceArguments.add(arguments, domain, agentSocket(folder), boot.network());
        SpareSlots.add(arguments, domain);
        return arguments.toList();
    }

    private static void addMonitors(Arguments arguments, List<Path> monitors) {
        for (int i = 0; i < monitors.size(); i++) {
            arguments.add("-chardev", listenOn(i, monitors.get(i)));
            arguments.add("-mon", "chardev=qmp%d,mode=control".formatted(i));
        }
    }

    /// The argument that makes a QEMU ours: no other names this socket.
    static String listenOn(int number, Path monitor) {
        return "socket,id=qmp%d,path=%s,server=on,wait=off".formatted(number, Arguments.escape(monitor.toString()));
    }
}
