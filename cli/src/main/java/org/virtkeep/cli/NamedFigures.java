package org.virtkeep.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.DomainStatistics.MemoryFigure;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;

/// Figures under virsh's names, such as `block.0.rd.bytes`, in its order. A value is a number or a text.
final class NamedFigures {
    private final Map<String, Object> figures = new LinkedHashMap<>();

    private NamedFigures() {}

    /// @param withState and with processors, which are always known
    static NamedFigures of(DomainStatistics statistics, boolean withState, boolean withVcpus) {
        var named = new NamedFigures();
        if (withState) {
            named.put("state.state", statistics.state().state().wireValue());
            named.put("state.reason", statistics.state().wireValue());
        }
        statistics.cpu().ifPresent(named::add);
        statistics.memory().ifPresent(named::add);
        if (withVcpus) {
            named.addVcpus(statistics);
        }
        if (!statistics.disks().isEmpty()) {
            named.addDisks(statistics.disks());
        }
        return named;
    }

    private void add(DomainStatistics.Cpu cpu) {
        put("cpu.time", cpu.nanoseconds());
        put("cpu.user", cpu.userNanoseconds());
        put("cpu.system", cpu.systemNanoseconds());
    }

    private void add(DomainStatistics.Memory memory) {
        put("balloon.current", memory.currentKib());
        put("balloon.maximum", memory.maximumKib());
        Arrays.stream(MemoryFigure.values())
                .filter(memory.figures()::containsKey)
                .forEach(figure ->
                        put("balloon." + figure.label(), memory.figures().get(figure)));
    }

    private void addVcpus(DomainStatistics statistics) {
        put("vcpu.current", statistics.vcpuCount());
        for (DomainStatistics.Vcpu vcpu : statistics.vcpus()) {
            String prefix = "vcpu.%d.".formatted(vcpu.number());
            put(prefix + "time", vcpu.nanoseconds());
            put(prefix + "delay", vcpu.delayNanoseconds());
        }
    }

    private void addDisks(List<DomainStatistics.Disk> disks) {
        put("block.count", disks.size());
        for (int i = 0; i < disks.size(); i++) {
            DomainStatistics.Disk disk = disks.get(i);
            String prefix = "block.%d.".formatted(i);
            put(prefix + "name", disk.target());
            if (disk.backingIndex() > 0) {
                put(prefix + "backingIndex", disk.backingIndex());
            }
            disk.path().ifPresent(path -> put(prefix + "path", path));
            disk.requests().ifPresent(requests -> add(prefix, requests));
            put(prefix + "allocation", disk.allocationBytes());
            put(prefix + "capacity", disk.capacityBytes());
            put(prefix + "physical", disk.physicalBytes());
        }
    }

    private void add(String prefix, DomainStatistics.Requests requests) {
        put(prefix + "rd.reqs", requests.reads());
        put(prefix + "rd.bytes", requests.readBytes());
        put(prefix + "rd.times", requests.readNanoseconds());
        put(prefix + "wr.reqs", requests.writes());
        put(prefix + "wr.bytes", requests.writtenBytes());
        put(prefix + "wr.times", requests.writeNanoseconds());
        put(prefix + "fl.reqs", requests.flushes());
        put(prefix + "fl.times", requests.flushNanoseconds());
    }

    static NamedFigures of(GuestInfo info) {
        var named = new NamedFigures();
        info.users().ifPresent(named::addUsers);
        new TreeMap<>(info.operatingSystem()).forEach((name, value) -> named.put("os." + name, value));
        info.timeZone().ifPresent(zone -> {
            zone.name().ifPresent(name -> named.put("timezone.name", name));
            zone.offsetSeconds().ifPresent(offset -> named.put("timezone.offset", offset));
        });
        info.hostName().ifPresent(name -> named.put("hostname", name));
        info.fileSystems().ifPresent(named::addFileSystems);
        return named;
    }

    private void addUsers(List<GuestInfo.User> users) {
        put("user.count", users.size());
        for (int i = 0; i < users.size(); i++) {
            GuestInfo.User user = users.get(i);
            String prefix = "user.%d.".formatted(i);
            put(prefix + "name", user.name());
            user.domain().ifPresent(domain -> put(prefix + "domain", domain));
            put(prefix + "login-time", user.loginMillisSince());
        }
    }

    private void addFileSystems(List<GuestFileSystem> systems) {
        put("fs.count", systems.size());
        for (int i = 0; i < systems.size(); i++) {
            GuestFileSystem system = systems.get(i);
            String prefix = "fs.%d.".formatted(i);
            put(prefix + "name", system.name());
            put(prefix + "mountpoint", system.mountPoint());
            put(prefix + "fstype", system.type());
            put(prefix + "total-bytes", system.totalBytes());
            put(prefix + "used-bytes", system.usedBytes());
            put(prefix + "disk.count", system.disks().size());
            for (int disk = 0; disk < system.disks().size(); disk++) {
                put(prefix + "disk.%d.alias".formatted(disk), system.disks().get(disk));
            }
        }
    }

    private void put(String name, OptionalLong value) {
        value.ifPresent(known -> put(name, known));
    }

    private void put(String name, long value) {
        figures.put(name, value);
    }

    private void put(String name, String value) {
        figures.put(name, value);
    }

    JsonObject json() {
        var json = new JsonObject();
        figures.forEach((name, value) -> {
            if (value instanceof Long number) {
                json.put(name, number);
            } else {
                json.put(name, value.toString());
            }
        });
        return json;
    }

    /// Lines of `NAME=VALUE`, indented.
    String lines() {
        var text = new StringBuilder();
        figures.forEach((name, value) -> text.append("  %s=%s%n".formatted(name, Table.printable(value.toString()))));
        return text.toString();
    }

    /// Lines of `NAME : VALUE` with values below each other.
    String aligned() {
        var text = new StringBuilder();
        figures.forEach((name, value) -> text.append("%-20s: %s%n".formatted(name, Table.printable(value.toString()))));
        return text.toString();
    }
}
