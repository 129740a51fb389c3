package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// What Linux says about who uses a block device or one of its partitions (proc(5), sysfs). Stateless.
///
/// A look, and no lock: who mounts the device a moment later is not seen.
final class DeviceUse {
    private static final int TYPE_MASK = 0xf000; // S_IFMT
    private static final int BLOCK_DEVICE = 0x6000; // S_IFBLK

    private DeviceUse() {}

    /// @throws VirtException RESOURCE_BUSY if it is mounted, swapped to, or part of something else
    static void requireFree(Path device) throws IOException {
        int mode = (int) Files.getAttribute(device, "unix:mode");
        if ((mode & TYPE_MASK) != BLOCK_DEVICE) {
            return;
        }
        Optional<String> user = user(device);
        if (user.isPresent()) {
            throw busy(device, user.get());
        }
    }

    static VirtException busy(Path device, String why) {
        return new VirtException(
                ErrorCode.RESOURCE_BUSY,
                ErrorDomain.STORAGE,
                "device '%s' is in use: %s; a restore would destroy what is there".formatted(device, why));
    }

    private static Optional<String> user(Path device) throws IOException {
        Map<String, Path> parts = parts(number(device));
        for (String line : lines("/proc/self/mountinfo")) {
            String[] words = line.split(" ");
            if (words.length > 4 && (parts.containsKey(words[2]) || parts.containsKey(source(line)))) {
                return Optional.of("it is mounted at '%s'".formatted(words[4]));
            }
        }
        for (String line : lines("/proc/swaps")) {
            if (parts.containsKey(numberOf(line.split("\\s+")[0]))) {
                return Optional.of("the host swaps to it");
            }
        }
        return holder(parts);
    }

    /// The device itself and its partitions: their folders in sysfs by `MAJOR:MINOR`.
    private static Map<String, Path> parts(String number) throws IOException {
        var parts = new LinkedHashMap<String, Path>();
        Path folder = Path.of("/sys/dev/block", number);
        parts.put(number, folder);
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (Files.exists(entry.resolve("partition"))) {
                        parts.put(Files.readString(entry.resolve("dev")).strip(), entry);
                    }
                }
            }
        }
        return parts;
    }

    private static Optional<String> holder(Map<String, Path> parts) throws IOException {
        for (Path folder : parts.values()) {
            if (Files.isDirectory(folder.resolve("holders"))) {
                try (Stream<Path> holders = Files.list(folder.resolve("holders"))) {
                    Optional<Path> first = holders.findFirst();
                    if (first.isPresent()) {
                        return Optional.of("it is a part of '/dev/%s'"
                                .formatted(first.get().getFileName()));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /// The device that a line of mountinfo names after ` - TYPE`: some file systems have numbers of their own.
    private static String source(String mount) throws IOException {
        int dash = mount.indexOf(" - ");
        String[] words = dash < 0 ? new String[0] : mount.substring(dash + 3).split(" ");
        return words.length > 1 ? numberOf(words[1]) : "";
    }

    private static String numberOf(String device) throws IOException {
        return device.startsWith("/dev/") && Files.exists(Path.of(device)) ? number(Path.of(device)) : "";
    }

    /// `MAJOR:MINOR`, taken apart as gnu_dev_major(3) does.
    private static String number(Path device) throws IOException {
        long number = ((Number) Files.getAttribute(device, "unix:rdev")).longValue();
        long major = number >> 8 & 0xfff | number >> 32 & ~0xfffL;
        long minor = number & 0xff | number >> 12 & ~0xffL;
        return major + ":" + minor;
    }

    private static List<String> lines(String file) throws IOException {
        return Files.exists(Path.of(file)) ? Files.readAllLines(Path.of(file)) : List.of();
    }
}
