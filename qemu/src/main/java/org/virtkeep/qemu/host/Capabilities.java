package org.virtkeep.qemu.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.api.HostInfo;
import org.virtkeep.model.XmlElement;
import org.virtkeep.qemu.machine.Accelerator;
import org.virtkeep.qemu.machine.Emulator;

/// `<capabilities>` (libvirt's `capability.rng`): the host, and the guests that it can run. Only
/// machines are named that a definition may have here. Stateless.
public final class Capabilities {
    private static final String NONE = "none";

    private Capabilities() {}

    public static String write() {
        return XmlElement.of("capabilities").with(List.of(host(), guest())).write();
    }

    private static XmlElement host() {
        HostInfo info = HostFacts.read();
        var children = new ArrayList<XmlElement>();
        uuid().ifPresent(uuid -> children.add(XmlElement.of("uuid", uuid)));
        children.add(XmlElement.of("cpu")
                .with(List.of(
                        XmlElement.of("arch", info.model()),
                        XmlElement.of("topology")
                                .with("sockets", Integer.toString(info.sockets()))
                                .with("dies", "1")
                                .with("cores", Integer.toString(info.cores()))
                                .with("threads", Integer.toString(info.threads())))));
        children.add(XmlElement.of("iommu").with("support", "no"));
        children.add(XmlElement.of("secmodel").with(List.of(XmlElement.of("model", NONE), XmlElement.of("doi", "0"))));
        return XmlElement.of("host").withChildren(children);
    }

    /// Of the mainboard; the kernel shows it to root only.
    private static Optional<String> uuid() {
        return HostFacts.text(Path.of("/sys/class/dmi/id/product_uuid"))
                .map(String::strip)
                .filter(text -> text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"));
    }

    private static XmlElement guest() {
        Emulator emulator = Emulator.of(Emulator.USUAL);
        var arch = new ArrayList<XmlElement>();
        arch.add(XmlElement.of("wordsize", "64"));
        arch.add(XmlElement.of("emulator", emulator.program().toString()));
        emulator.machines().stream()
                .filter(Machines::isSupported)
                .map(Capabilities::machine)
                .forEach(arch::add);
        arch.add(XmlElement.of("domain").with("type", "qemu"));
        if (Accelerator.hasKvm()) {
            arch.add(XmlElement.of("domain").with("type", "kvm"));
        }
        return XmlElement.of("guest")
                .with(List.of(
                        XmlElement.of("os_type", "hvm"),
                        XmlElement.of("arch").with("name", "x86_64").withChildren(arch),
                        features()));
    }

    private static XmlElement machine(Emulator.MachineType machine) {
        XmlElement element = new XmlElement("machine", Map.of(), List.of(), machine.name());
        if (machine.aliasOf().isPresent()) {
            element = element.with("canonical", machine.aliasOf().get());
        }
        return element.with("maxCpus", Integer.toString(Machines.maximumVcpus(machine.name())));
    }

    private static XmlElement features() {
        return XmlElement.of("features")
                .with(List.of(
                        toggled("acpi", "yes"),
                        toggled("apic", "no"),
                        XmlElement.of("cpuselection"),
                        XmlElement.of("deviceboot"),
                        toggled("disksnapshot", "no")));
    }

    private static XmlElement toggled(String name, String toggle) {
        return XmlElement.of(name).with("default", "on").with("toggle", toggle);
    }
}
