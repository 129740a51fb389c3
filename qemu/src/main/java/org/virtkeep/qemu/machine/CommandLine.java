package org.virtkeep.qemu.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.DomainFolder;

/// How QEMU is called to run a domain. Immutable.
///
/// @param command  program and arguments
/// @param monitors QMP sockets it will listen on; the first is for commands
public record CommandLine(List<String> command, List<Path> monitors) {
    /// One for commands, the others to watch jobs and to rescue: a socket serves one client at a time.
    private static final int MONITORS = 5;

    public CommandLine {
        command = List.copyOf(command);
        monitors = List.copyOf(monitors);
    }

    /// Finds out how to run `domain`: looks at its images, at the program and at the host, and changes
    /// nothing, except that a missing UEFI variable store is made from its template.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED, OPERATION_UNSUPPORTED or SYSTEM_ERROR naming what this host
    ///     lacks or what cannot be opened
    public static CommandLine of(DomainDefinition domain, DomainFolder folder) {
        List<Path> monitors = IntStream.range(0, MONITORS)
                .mapToObj(i -> folder.socket("qmp%d.sock".formatted(i)))
                .toList();
        Emulator emulator = Emulator.of(domain);
        BootOrder boot = BootOrder.of(domain);
        VariableStore.prepare(domain);
        var arguments = new Arguments()
                .add(emulator.program().toString())
                .add("-name", "guest=%s,debug-threads=on".formatted(Arguments.escape(domain.name())))
                .add("-uuid", domain.uuid().toString())
                .add("-S", "-nodefaults", "-no-user-config")
                .add("-msg", "timestamp=on");
        if (emulator.hasSandbox()) {
            arguments.add(
                    "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        }
        addMonitors(arguments, monitors);
        MachineArguments.add(arguments, domain);
        DeviceArguments.addIothreads(arguments, domain);
        DiskArguments.add(arguments, domain, boot.disks());
        DeviceArguments.add(arguments, domain, agentSocket(folder), boot.network());
        return new CommandLine(arguments.toList(), monitors);
    }

    /// Where the guest agent's channel of a domain ends, if it has one.
    public static Path agentSocket(DomainFolder folder) {
        return folder.socket("agent.sock");
    }

    private static void addMonitors(Arguments arguments, List<Path> monitors) {
        for (int i = 0; i < monitors.size(); i++) {
            arguments.add(
                    "-chardev",
                    "socket,id=qmp%d,path=%s,server=on,wait=off"
                            .formatted(i, Arguments.escape(monitors.get(i).toString())));
            arguments.add("-mon", "chardev=qmp%d,mode=control".formatted(i));
        }
    }
}
