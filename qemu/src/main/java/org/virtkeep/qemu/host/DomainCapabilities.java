package org.virtkeep.qemu.host;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.qemu.machine.Accelerator;
import org.virtkeep.qemu.machine.Emulator;

/// `<domainCapabilities>` (libvirt's `domaincaps.rng`): what a definition may have, as
/// `docs/formats/domain-xml.md` tells. Stateless.
public final class DomainCapabilities {
    private static final String ARCHITECTURE = "x86_64";

    private DomainCapabilities() {}

    /// @throws VirtException INVALID_ARG for what no domain here can have
    public static String write(
            Optional<String> emulator,
            Optional<String> architecture,
            Optional<String> machine,
            Optional<String> virtualizationType) {
        architecture.filter(name -> !name.equals(ARCHITECTURE)).ifPresent(name -> {
            throw invalid("no emulator for the architecture '%s'; there is one for '%s'".formatted(name, ARCHITECTURE));
        });
        String type = virtualizationType.orElse(Accelerator.hasKvm() ? "kvm" : "qemu");
        requireType(type);
        Emulator program = Emulator.of(emulator.orElse(Emulator.USUAL));
        String canonical = canonical(program, machine.orElse("pc"));
        return XmlElement.of("domainCapabilities")
                .with(List.of(
                        XmlElement.of("path", program.program().toString()),
                        XmlElement.of("domain", type),
                        XmlElement.of("machine", canonical),
                        XmlElement.of("arch", ARCHITECTURE),
                        XmlElement.of("vcpu").with("max", Integer.toString(Machines.maximumVcpus(canonical))),
                        supported("iothreads"),
                        firmware(),
                        processors(type),
                        devices(),
                        features()))
                .write();
    }

    private static void requireType(String type) {
        if (!type.equals("qemu") && !(type.equals("kvm") && Accelerator.hasKvm())) {
            throw invalid("the virtualization type '%s' is not supported on this host".formatted(type));
        }
    }

    private static String canonical(Emulator program, String machine) {
        return program.machines().stream()
                .filter(Machines::isSupported)
                .filter(known -> known.name().equals(machine))
                .findFirst()
                .map(known -> known.aliasOf().orElse(known.name()))
                .orElseThrow(() -> invalid(
                        "the machine '%s' is not supported by emulator '%s'".formatted(machine, program.program())));
    }

    private static VirtException invalid(String message) {
        return VirtException.qemu(ErrorCode.INVALID_ARG, message);
    }

    private static XmlElement supported(String name, XmlElement... children) {
        return XmlElement.of(name).with("supported", "yes").with(List.of(children));
    }

    private static XmlElement unsupported(String name) {
        return XmlElement.of(name).with("supported", "no");
    }

    private static XmlElement choice(String name, String... values) {
        return XmlElement.of("enum")
                .with("name", name)
                .with(Arrays.stream(values)
                        .map(value -> XmlElement.of("value", value))
                        .toList());
    }

    private static XmlElement firmware() {
        return supported(
                "os",
                choice("firmware"),
                supported(
                        "loader", choice("type", "rom", "pflash"), choice("readonly", "yes"), choice("secure", "no")));
    }

    /// Models are not named: QEMU refuses the ones that it cannot provide.
    private static XmlElement processors(String type) {
        XmlElement mode = XmlElement.of("mode");
        boolean kvm = type.equals("kvm");
        return XmlElement.of("cpu")
                .with(List.of(
                        mode.with("name", "host-passthrough").with("supported", kvm ? "yes" : "no"),
                        mode.with("name", "maximum").with("supported", "yes"),
                        mode.with("name", "host-model").with("supported", "yes"),
                        mode.with("name", "custom").with("supported", "yes")));
    }

    private static XmlElement devices() {
        return XmlElement.of("devices")
                .with(List.of(
                        supported(
                                "disk", choice("diskDevice", "disk", "cdrom"), choice("bus", "scsi", "virtio", "sata")),
                        supported("graphics", choice("type", "vnc")),
                        supported("video", choice("modelType", "vga", "cirrus", "virtio", "none", "bochs")),
                        unsupported("hostdev"),
                        supported("rng", choice("model", "virtio"), choice("backendModel", "random")),
                        unsupported("filesystem"),
                        unsupported("tpm"),
                        unsupported("redirdev"),
                        supported("channel", choice("type", "unix"))));
    }

    private static XmlElement features() {
        return XmlElement.of("features")
                .with(List.of(
                        unsupported("gic"),
                        unsupported("vmcoreinfo"),
                        unsupported("genid"),
                        unsupported("backingStoreInput"),
                        supported("backup"),
                        unsupported("sev"),
                        unsupported("sgx"),
                        unsupported("hyperv")));
    }
}
