package org.virtkeep.qemu.machine;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// What runs a guest's instructions. Stateless.
public final class Accelerator {
    private static final Path KVM = Path.of("/dev/kvm");

    private Accelerator() {}

    /// The value of `-accel` for a domain.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED if the domain wants KVM and this host or user has none
    static String of(DomainDefinition domain) {
        return switch (domain.type()) {
            case QEMU -> "tcg,thread=multi";
            case KVM -> {
                requireUsable(KVM, domain.name());
                yield "kvm";
            }
        };
    }

    /// True if domains of type `kvm` can be started by this user on this host.
    public static boolean hasKvm() {
        return Files.isReadable(KVM) && Files.isWritable(KVM);
    }

    static void requireUsable(Path device, String domain) {
        if (!Files.exists(device)) {
            throw unusable(domain, "this host has no '%s'".formatted(device));
        }
        try (var _ = FileChannel.open(device, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return;
        } catch (IOException e) {
            throw unusable(
                    domain,
                    "'%s' cannot be opened: %s (is the user in group 'kvm'?)".formatted(device, e.getMessage()));
        }
    }

    private static VirtException unusable(String domain, String why) {
        return VirtException.qemu(
                ErrorCode.CONFIG_UNSUPPORTED,
                "domain '%s' has type 'kvm', but %s; use type 'qemu' to emulate it, slower".formatted(domain, why));
    }
}
