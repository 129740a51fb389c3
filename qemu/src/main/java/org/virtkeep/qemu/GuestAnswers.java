package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.model.DomainDisk;

/// Reads what a guest's agent answers. A guest may answer anything: what has another shape than it
/// should is left out. Stateless.
final class GuestAnswers {
    /// More than any guest has; the rest is left out.
    private static final int MAX_ENTRIES = 256;

    /// Members of `GuestOSInfo`, and how libvirt calls them.
    private static final Map<String, String> SYSTEM_FIELDS = systemFields();

    private static final double MILLIS_PER_SECOND = 1_000;

    private GuestAnswers() {}

    private static Map<String, String> systemFields() {
        var fields = new LinkedHashMap<String, String>();
        for (String same : List.of(
                "id", "name", "pretty-name", "version", "version-id", "kernel-release", "kernel-version", "machine")) {
            fields.put(same, same);
        }
        fields.put("variant", "variant");
        fields.put("variant-id", "variant-id");
        return fields;
    }

    private static List<JsonNode> entries(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .filter(JsonNode::isObject)
                .limit(MAX_ENTRIES)
                .toList();
    }

    /// `guest-get-users`.
    static List<GuestInfo.User> users(JsonNode answer) {
        return entries(answer).stream()
                .map(user -> new GuestInfo.User(
                        user.path("user").asText(),
                        text(user, "domain"),
                        user.path("login-time").isNumber()
                                ? OptionalLong.of(
                                        Math.round(user.path("login-time").asDouble() * MILLIS_PER_SECOND))
                                : OptionalLong.empty()))
                .toList();
    }

    /// `guest-get-osinfo`.
    static Map<String, String> operatingSystem(JsonNode answer) {
        var known = new LinkedHashMap<String, String>();
        SYSTEM_FIELDS.forEach((member, label) -> text(answer, member).ifPresent(value -> known.put(label, value)));
        return known;
    }

    /// `guest-get-timezone`.
    static GuestInfo.TimeZone timeZone(JsonNode answer) {
        return new GuestInfo.TimeZone(
                text(answer, "zone"),
                answer.path("offset").isInt()
                        ? OptionalInt.of(answer.path("offset").asInt())
                        : OptionalInt.empty());
    }

    private static Optional<String> text(JsonNode object, String member) {
        return Optional.of(object.path(member)).filter(JsonNode::isTextual).map(JsonNode::asText);
    }

    /// `guest-get-fsinfo`.
    static List<GuestFileSystem> fileSystems(JsonNode answer, List<DomainDisk> disks) {
        return entries(answer).stream()
                .map(system -> new GuestFileSystem(
                        system.path("mountpoint").asText(),
                        system.path("name").asText(),
                        system.path("type").asText(),
                        number(system, "total-bytes"),
                        number(system, "used-bytes"),
                        targets(system.path("disk"), disks)))
                .toList();
    }

    private static OptionalLong number(JsonNode object, String member) {
        return object.path(member).isIntegralNumber()
                ? OptionalLong.of(object.path(member).asLong())
                : OptionalLong.empty();
    }

    private static List<String> targets(JsonNode addresses, List<DomainDisk> disks) {
        var targets = new ArrayList<String>();
        entries(addresses).stream()
                .flatMap(address -> target(address, disks).stream())
                .distinct()
                .forEach(targets::add);
        return targets;
    }

    /// The guest numbers its disks by itself. What ties them to ours without doubt: a serial number,
    /// the unit on our one SCSI controller, or that there is only one disk on virtio.
    private static Optional<String> target(JsonNode address, List<DomainDisk> disks) {
        Optional<String> serial = text(address, "serial").filter(text -> !text.isEmpty());
        Optional<DomainDisk> bySerial = serial.flatMap(wanted -> disks.stream()
                .filter(disk ->
                        disk.serial().filter(known -> wanted.endsWith(known)).isPresent())
                .findFirst());
        return bySerial.or(() -> switch (address.path("bus-type").asText()) {
                    case "scsi" ->
                        on(disks, DomainDisk.Bus.SCSI, address.path("target").asInt());
                    case "virtio" -> only(disks, DomainDisk.Bus.VIRTIO);
                    default -> Optional.empty();
                })
                .map(DomainDisk::target);
    }

    private static Optional<DomainDisk> on(List<DomainDisk> disks, DomainDisk.Bus bus, int number) {
        List<DomainDisk> there =
                disks.stream().filter(disk -> disk.bus() == bus).toList();
        return IntStream.range(0, there.size())
                .filter(index -> index == number)
                .mapToObj(there::get)
                .findFirst();
    }

    private static Optional<DomainDisk> only(List<DomainDisk> disks, DomainDisk.Bus bus) {
        List<DomainDisk> there =
                disks.stream().filter(disk -> disk.bus() == bus).toList();
        return there.size() == 1 ? Optional.of(there.getFirst()) : Optional.empty();
    }
}
