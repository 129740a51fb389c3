package org.virtkeep.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The Linux guest that `testkit/guest/build-guest` makes from the distribution's packages.
///
/// @param kernel for `-kernel`
/// @param initramfs for `-initrd`
/// @param writer the guest's writer as a program of the host
public record Guest(Path kernel, Path initramfs, Path writer) {

    private static final String BUILDER = "build-guest";

    private static final class Holder {
        private static final Guest GUEST = build();
    }

    /// The guest, built now if it is not there yet; that takes about ten seconds and downloads packages with apt.
    public static Guest get() {
        Tools.require("apt-get", "dpkg-deb", "gcc", "cpio");
        return Holder.GUEST;
    }

    /// The folder with the guest's sources.
    public static Path sources() {
        return home().resolve("testkit/guest");
    }

    private static Guest build() {
        List<String> output =
                Tool.run(sources().resolve(BUILDER).toString()).lines().toList();
        Path folder = Path.of(output.getLast());
        return new Guest(folder.resolve("vmlinuz"), folder.resolve("initramfs"), folder.resolve("writer"));
    }

    /// The project's folder: the build says it, else it is the nearest one above the working folder.
    static Path home() {
        String told = System.getProperty("virtkeep.home");
        if (told != null) {
            return Path.of(told);
        }
        Path start = Path.of("").toAbsolutePath();
        for (Optional<Path> at = Optional.of(start); at.isPresent(); at = at.map(Path::getParent)) {
            if (Files.exists(at.get().resolve("testkit/guest").resolve(BUILDER))) {
                return at.get();
            }
        }
        throw new IllegalStateException("not inside a checkout of virtkeep: " + start);
    }
}
