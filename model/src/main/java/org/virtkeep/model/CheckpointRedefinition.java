package org.virtkeep.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// Completes a checkpoint that is made known again (libvirt's flag REDEFINE). With the domain's XML in it, its
/// disks are every disk of that domain, in its order and by their targets; without, those that are given.
public final class CheckpointRedefinition {
    private final String name;

    private CheckpointRedefinition(String name) {
        this.name = name;
    }

    /// Returns the checkpoint as it is to be stored: each tracked disk with its bitmap, without sizes.
    ///
    /// @param uuid of the domain that it is to belong to
    /// @throws VirtException XML_ERROR if it has no name; INTERNAL_ERROR, as libvirt has it, if it has no time
    ///     of creation; INVALID_ARG if its name is none, or its domain's UUID another one;
    ///     CONFIG_UNSUPPORTED if a disk is unknown in its domain or listed twice, or if a bitmap has another
    ///     name than the checkpoint
    public static CheckpointDefinition complete(CheckpointDefinition asked, UUID uuid) {
        String name = asked.name()
                .orElseThrow(() -> failure(
                        ErrorCode.XML_ERROR,
                        "a checkpoint that is redefined needs the element 'name'; add the old one"));
        CheckpointXml.requireName(name);
        if (asked.creationTime().isEmpty()) {
            throw failure(
                    ErrorCode.INTERNAL_ERROR,
                    "checkpoint '%s' has no element 'creationTime', which redefining needs; add the old one"
                            .formatted(name));
        }
        asked.domain().ifPresent(domain -> requireUuid(name, domain, uuid));
        var redefinition = new CheckpointRedefinition(name);
        Optional<List<CheckpointDisk>> disks = asked.domain().isPresent()
                ? Optional.of(redefinition.aligned(asked.disks(), asked.domain().get()))
                : asked.disks().map(redefinition::given);
        return new CheckpointDefinition(
                asked.name(), asked.description(), asked.creationTime(), asked.parent(), disks, asked.domain());
    }

    private static void requireUuid(String name, XmlElement domain, UUID uuid) {
        String found = domain.childText("uuid").map(String::strip).orElse("");
        if (!found.isEmpty() && !found.equalsIgnoreCase(uuid.toString())) {
            throw failure(
                    ErrorCode.INVALID_ARG,
                    "checkpoint '%s' is of a domain with uuid %s, but this one has %s; leave its element 'domain' out if it belongs here"
                            .formatted(name, ElementReader.shown(found), uuid));
        }
    }

    private List<CheckpointDisk> given(List<CheckpointDisk> disks) {
        Map<String, CheckpointDisk> byName = new LinkedHashMap<>();
        for (CheckpointDisk disk : disks) {
            if (byName.put(disk.name(), stored(disk, disk.name())) != null) {
                throw DiskNames.twice(disk.name(), ErrorDomain.DOMAIN_CHECKPOINT);
            }
        }
        return List.copyOf(byName.values());
    }

    private List<CheckpointDisk> aligned(Optional<List<CheckpointDisk>> asked, XmlElement domain) {
        List<XmlElement> all =
                domain.child("devices").map(devices -> devices.children("disk")).orElse(List.of());
        Map<String, CheckpointDisk> chosen = new LinkedHashMap<>();
        for (CheckpointDisk disk : asked.orElse(List.of())) {
            String target = target(disk.name(), all);
            if (chosen.put(target, stored(disk, target)) != null) {
                throw DiskNames.twice(disk.name(), ErrorDomain.DOMAIN_CHECKPOINT);
            }
        }
        var disks = new ArrayList<CheckpointDisk>();
        for (XmlElement disk : all) {
            String target = targetOf(disk);
            CheckpointDisk other = asked.isEmpty() && isWritable(disk) ? tracked(target) : untracked(target);
            disks.add(chosen.getOrDefault(target, other));
        }
        return disks;
    }

    /// Finds a disk by its target or by the path of its source.
    private String target(String diskName, List<XmlElement> disks) {
        return disks.stream()
                .filter(disk -> targetOf(disk).equals(diskName) || path(disk).equals(Optional.of(diskName)))
                .map(CheckpointRedefinition::targetOf)
                .findFirst()
                .orElseThrow(() -> failure(
                        ErrorCode.CONFIG_UNSUPPORTED,
                        "no disk named '%s' in the domain of checkpoint '%s'".formatted(diskName, name)));
    }

    private static String targetOf(XmlElement disk) {
        return disk.child("target").flatMap(target -> target.attribute("dev")).orElse("");
    }

    private static Optional<String> path(XmlElement disk) {
        return disk.child("source").flatMap(source -> source.attribute("file").or(() -> source.attribute("dev")));
    }

    private static boolean isWritable(XmlElement disk) {
        return disk.child("source").isPresent()
                && disk.child("readonly").isEmpty()
                && !disk.attribute("device").equals(Optional.of("cdrom"));
    }

    private CheckpointDisk stored(CheckpointDisk asked, String target) {
        if (!asked.tracked()) {
            return untracked(target);
        }
        asked.bitmap().filter(bitmap -> !bitmap.equals(name)).ifPresent(bitmap -> {
            throw VirtException.qemu(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "bitmap of disk '%s' is called '%s', but must be called like the checkpoint, '%s'"
                            .formatted(target, bitmap, name));
        });
        return tracked(target);
    }

    private CheckpointDisk tracked(String target) {
        return new CheckpointDisk(target, true, Optional.of(name), OptionalLong.empty());
    }

    private static CheckpointDisk untracked(String target) {
        return new CheckpointDisk(target, false, Optional.empty(), OptionalLong.empty());
    }

    private static VirtException failure(ErrorCode code, String message) {
        return new VirtException(code, ErrorDomain.DOMAIN_CHECKPOINT, message);
    }
}
