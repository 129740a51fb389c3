package org.virtkeep.qemu.machine;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gives disks their names: a device's id where it is such a name, and otherwise the next free one of its
/// bus, as libvirt would. Confined to one thread.
final class DiskNames {
    private static final Pattern NAME = Pattern.compile("(vd|sd|hd)[a-z]{1,6}");
    private static final Pattern PERIPHERAL = Pattern.compile("/machine/peripheral/([^/]+)(/virtio-backend)?");
    private static final int LETTERS = 26;

    private final Set<String> taken = new HashSet<>();
    private final Set<String> reserved;

    /// @param ids of all devices: such a name is kept for the device that has it as its id
    DiskNames(List<String> ids) {
        reserved = Set.copyOf(ids);
    }

    /// The id in a device's path; empty for a device without id.
    static Optional<String> idOf(String qdev) {
        if (!qdev.startsWith("/")) {
            return Optional.of(qdev);
        }
        Matcher matcher = PERIPHERAL.matcher(qdev);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    String next(DiskType type, Optional<String> id) {
        Optional<String> own = id.filter(name -> NAME.matcher(name).matches()).filter(name -> !taken.contains(name));
        String name = own.orElseGet(() -> firstFree(type.namePrefix()));
        taken.add(name);
        return name;
    }

    private String firstFree(String prefix) {
        for (int number = 0; ; number++) {
            String name = prefix + letters(number);
            if (!taken.contains(name) && !reserved.contains(name)) {
                return name;
            }
        }
    }

    /// 0 is a, 25 is z, 26 is aa.
    static String letters(int number) {
        String last = Character.toString('a' + number % LETTERS);
        return number < LETTERS ? last : letters(number / LETTERS - 1) + last;
    }
}
