package org.virtkeep.model;

import java.util.Optional;
import java.util.OptionalInt;

/// `<cpu>` of a domain.
final class CpuXml {
    private static final int MAX_PER_LEVEL = 4096;

    /// QEMU's default model.
    static final DomainDefinition.Cpu DEFAULT = new DomainDefinition.Cpu(
            Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

    private CpuXml() {}

    static DomainDefinition.Cpu read(ElementReader cpu) {
        Optional<String> mode = cpu.choice("mode", "custom", "host-passthrough", "host-model", "maximum");
        cpu.choice("match", "exact");
        cpu.choice("check", "none", "partial", "full");
        cpu.choice("migratable", "on");
        Optional<String> model = cpu.child("model", CpuXml::model).filter(text -> !text.isEmpty());
        boolean custom = mode.orElse("custom").equals("custom");
        if (custom && mode.isPresent() && model.isEmpty()) {
            throw cpu.invalid("element 'domain/cpu' has mode 'custom' and needs an element 'model'");
        }
        var topology = cpu.child("topology", CpuXml::topology).orElse(Topology.NONE);
        return new DomainDefinition.Cpu(
                mode.or(() -> model.map(_ -> "custom")),
                custom ? model : Optional.empty(),
                topology.sockets,
                topology.cores,
                topology.threads);
    }

    private static String model(ElementReader model) {
        model.choice("fallback", "allow", "forbid");
        return model.text().strip();
    }

    private record Topology(OptionalInt sockets, OptionalInt cores, OptionalInt threads) {
        private static final Topology NONE =
                new Topology(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
    }

    private static Topology topology(ElementReader topology) {
        topology.choice("dies", "1");
        topology.choice("clusters", "1");
        for (String level : new String[] {"sockets", "cores", "threads"}) {
            topology.required(level);
        }
        return new Topology(
                topology.number("sockets", 1, MAX_PER_LEVEL),
                topology.number("cores", 1, MAX_PER_LEVEL),
                topology.number("threads", 1, MAX_PER_LEVEL));
    }
}
