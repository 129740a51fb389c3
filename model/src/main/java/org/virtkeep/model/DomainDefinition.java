package org.virtkeep.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// A `<domain>` document: the subset of libvirt's that virtkeep can run, and the whole document beside it.
///
/// An element that would change the machine and is not supported is refused by name when the document is
/// read; harmless ones are kept in [#document()] and have no effect.
///
/// @param type         `kvm` or `qemu` (emulated)
/// @param memoryBytes  the guest's memory
/// @param boot         what it starts from
/// @param features     switches of the machine that the document sets: `acpi`, `apic`, `pae`, `vmport`, `pmu`,
///                     `smm`, `hpet`, `suspend-to-mem`, `suspend-to-disk`; those it does not name are left
///                     to libvirt's default (off for the first three) or QEMU's (the others)
/// @param clockOffset  `utc` or `localtime`
/// @param iothreads    number of iothreads, numbered from 1
/// @param agentChannel true if it has the guest agent's channel `org.qemu.guest_agent.0`
/// @param document     the whole document with name and uuid filled in
public record DomainDefinition(
        String name,
        UUID uuid,
        Optional<String> title,
        Type type,
        long memoryBytes,
        int vcpus,
        Machine machine,
        Cpu cpu,
        Boot boot,
        Map<String, Boolean> features,
        String clockOffset,
        Lifecycle lifecycle,
        Optional<String> emulator,
        int iothreads,
        List<DomainDisk> disks,
        List<NetworkInterface> interfaces,
        List<SerialPort> serials,
        boolean agentChannel,
        Optional<Vnc> vnc,
        Optional<String> videoModel,
        boolean rng,
        boolean memballoon,
        XmlElement document) {

    public DomainDefinition {
        features = Map.copyOf(features);
        disks = List.copyOf(disks);
        interfaces = List.copyOf(interfaces);
        serials = List.copyOf(serials);
    }

    public enum Type {
        KVM,
        QEMU
    }

    /// `<os><type arch= machine=>`.
    public record Machine(String arch, String type) {}

    /// `<cpu>`: `mode` is `host-passthrough`, `host-model`, `maximum` or `custom`, the last with a model.
    public record Cpu(
            Optional<String> mode,
            Optional<String> model,
            OptionalInt sockets,
            OptionalInt cores,
            OptionalInt threads) {}

    /// What the machine starts from.
    ///
    /// @param devices `hd`, `cdrom`, `network` in order, from `<boot dev=>`
    /// @param loader  firmware image, `nvram` its variable store
    public record Boot(
            Optional<String> kernel,
            Optional<String> initrd,
            Optional<String> commandLine,
            List<String> devices,
            Optional<String> loader,
            Optional<String> nvram) {
        public Boot {
            devices = List.copyOf(devices);
        }
    }

    /// What happens when the guest ends: `destroy`, `restart` or `preserve`.
    public record Lifecycle(String onPoweroff, String onReboot, String onCrash) {}

    /// `<interface type='user'>`.
    public record NetworkInterface(String model, Optional<String> mac) {}

    /// `<serial>`: where its output goes.
    public sealed interface SerialPort {
        record ToFile(String path, boolean append) implements SerialPort {}

        record ToUnixSocket(String path) implements SerialPort {}

        record Pty() implements SerialPort {}
    }

    /// `<graphics type='vnc'>`: a TCP port (-1: QEMU's choice) or a unix socket.
    public record Vnc(Optional<String> socket, String listen, int port) {}

    /// The file that a missing `nvram` is copied from, where the document names one.
    public Optional<String> nvramTemplate() {
        return document.child("os").flatMap(os -> os.child("nvram")).flatMap(nvram -> nvram.attribute("template"));
    }

    /// True if it has a USB tablet, for a pointer that follows the VNC client's.
    public boolean hasTablet() {
        return document.child("devices").stream()
                .flatMap(devices -> devices.children("input").stream())
                .anyMatch(input ->
                        input.attribute("type").filter("tablet"::equals).isPresent());
    }

    /// The disk that is called `target`.
    public Optional<DomainDisk> disk(String target) {
        return disks.stream().filter(disk -> disk.target().equals(target)).findFirst();
    }
}
