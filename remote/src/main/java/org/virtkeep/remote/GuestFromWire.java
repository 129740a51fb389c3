package org.virtkeep.remote;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.rpc.TypedParameter;

/// What a guest's agent tells, from what libvirt calls it (`virDomainGetGuestInfo`).
record GuestFromWire(Figures all) {
    private static final String SYSTEM = "os.";

    static GuestInfo of(List<TypedParameter> parameters) {
        return new GuestFromWire(Figures.of(parameters)).info();
    }

    private GuestInfo info() {
        return new GuestInfo(
                listed("user", all.each("user", this::user)),
                operatingSystem(),
                timeZone(),
                all.text("hostname"),
                listed("fs", all.each("fs", this::fileSystem)));
    }

    private <T> Optional<List<T>> listed(String name, List<T> list) {
        return all.number(name + ".count").isPresent() ? Optional.of(list) : Optional.empty();
    }

    private GuestInfo.User user(String prefix) {
        return new GuestInfo.User(
                all.text(prefix + "name").orElse(""), all.text(prefix + "domain"), all.number(prefix + "login-time"));
    }

    private Map<String, String> operatingSystem() {
        return all.values().keySet().stream()
                .filter(name -> name.startsWith(SYSTEM))
                .filter(name -> all.text(name).isPresent())
                .collect(Collectors.toMap(
                        name -> name.substring(SYSTEM.length()),
                        name -> all.text(name).orElseThrow()));
    }

    private Optional<GuestInfo.TimeZone> timeZone() {
        var zone = new GuestInfo.TimeZone(all.text("timezone.name"), all.integer("timezone.offset"));
        return zone.name().isEmpty() && zone.offsetSeconds().isEmpty() ? Optional.empty() : Optional.of(zone);
    }

    private GuestFileSystem fileSystem(String prefix) {
        return new GuestFileSystem(
                all.text(prefix + "mountpoint").orElse(""),
                all.text(prefix + "name").orElse(""),
                all.text(prefix + "fstype").orElse(""),
                all.number(prefix + "total-bytes"),
                all.number(prefix + "used-bytes"),
                all.each(prefix + "disk", disk -> all.text(disk + "alias")).stream()
                        .flatMap(Optional::stream)
                        .toList());
    }
}
