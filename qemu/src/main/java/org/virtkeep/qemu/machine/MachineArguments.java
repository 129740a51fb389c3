package org.virtkeep.qemu.machine;

import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.virtkeep.model.DomainDefinition;

/// Machine, processors, memory, firmware and what happens when the guest ends. Stateless.
final class MachineArguments {
    private static final long BYTES_PER_KIB = 1024;

    private MachineArguments() {}

    static void add(Arguments arguments, DomainDefinition domain) {
        addFirmware(arguments, domain);
        arguments.add("-machine", machine(domain)).add("-accel", Accelerator.of(domain));
        cpu(domain).ifPresent(cpu -> arguments.add("-cpu", cpu));
        arguments.add("-m", "size=%dk".formatted(domain.memoryBytes() / BYTES_PER_KIB));
        arguments.add("-smp", processors(domain));
        arguments.add("-rtc", "base=" + domain.clockOffset());
        addPowerManagement(arguments, domain);
        arguments.add("-action", "shutdown=pause", "-action", "panic=pause");
        if (!domain.lifecycle().onReboot().equals("restart")) {
            arguments.add("-action", "reboot=shutdown");
        }
        addKernel(arguments, domain.boot());
    }

    /// As libvirt: a domain without the feature has no ACPI.
    private static String machine(DomainDefinition domain) {
        var machine = new StringJoiner(",");
        machine.add(domain.machine().type()).add("usb=off").add("dump-guest-core=off");
        machine.add("acpi=" + onOff(domain.features().getOrDefault("acpi", false)));
        for (String feature : List.of("smm", "vmport", "hpet")) {
            Optional.ofNullable(domain.features().get(feature)).ifPresent(on -> machine.add(feature + "=" + onOff(on)));
        }
        if (isFlash(domain)) {
            machine.add("pflash0=firmware").add("pflash1=nvram");
        }
        return machine.toString();
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }

    private static Optional<String> cpu(DomainDefinition domain) {
        Optional<String> model = domain.cpu().mode().flatMap(mode -> switch (mode) {
            case "host-passthrough", "host-model" ->
                Optional.of(domain.type() == DomainDefinition.Type.KVM ? "host" : "max");
            case "maximum" -> Optional.of("max");
            default -> domain.cpu().model();
        });
        Optional<Boolean> pmu = Optional.ofNullable(domain.features().get("pmu"));
        return pmu.isEmpty() ? model : Optional.of(model.orElse("qemu64") + ",pmu=" + onOff(pmu.get()));
    }

    private static String processors(DomainDefinition domain) {
        var text = new StringJoiner(",").add(Integer.toString(domain.vcpus()));
        domain.cpu().sockets().ifPresent(count -> text.add("sockets=" + count));
        domain.cpu().cores().ifPresent(count -> text.add("cores=" + count));
        domain.cpu().threads().ifPresent(count -> text.add("threads=" + count));
        return text.toString();
    }

    private static void addPowerManagement(Arguments arguments, DomainDefinition domain) {
        String chip = domain.machine().type().contains("q35") ? "ICH9-LPC" : "PIIX4_PM";
        addSleepState(arguments, domain, "suspend-to-mem", chip + ".disable_s3");
        addSleepState(arguments, domain, "suspend-to-disk", chip + ".disable_s4");
    }

    private static void addSleepState(Arguments arguments, DomainDefinition domain, String feature, String property) {
        Optional.ofNullable(domain.features().get(feature))
                .ifPresent(on -> arguments.add("-global", property + "=" + (on ? 0 : 1)));
    }

    private static boolean isFlash(DomainDefinition domain) {
        return domain.boot().nvram().isPresent();
    }

    private static void addFirmware(Arguments arguments, DomainDefinition domain) {
        if (isFlash(domain)) {
            addFlash(arguments, "firmware", domain.boot().loader().orElseThrow(), true);
            addFlash(arguments, "nvram", domain.boot().nvram().orElseThrow(), false);
        } else {
            domain.boot().loader().ifPresent(rom -> arguments.add("-bios", rom));
        }
    }

    private static void addFlash(Arguments arguments, String name, String file, boolean readOnly) {
        arguments.json(
                "-blockdev",
                BlockNodes.object()
                        .put("driver", "file")
                        .put("node-name", name + "-f")
                        .put("filename", file)
                        .put("auto-read-only", true));
        arguments.json(
                "-blockdev",
                BlockNodes.object()
                        .put("driver", "raw")
                        .put("node-name", name)
                        .put("file", name + "-f")
                        .put("read-only", readOnly));
    }

    private static void addKernel(Arguments arguments, DomainDefinition.Boot boot) {
        boot.kernel().ifPresent(kernel -> arguments.add("-kernel", kernel));
        boot.initrd().ifPresent(initrd -> arguments.add("-initrd", initrd));
        boot.commandLine().ifPresent(line -> arguments.add("-append", line));
    }
}
