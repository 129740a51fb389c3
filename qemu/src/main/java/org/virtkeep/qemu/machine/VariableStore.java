package org.virtkeep.qemu.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.Durable;

/// The file in which a guest with UEFI firmware keeps its variables. Stateless.
final class VariableStore {
    private VariableStore() {}

    /// Makes the file from its template, if the domain needs one and it is missing.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED if no template is known; SYSTEM_ERROR if it cannot be copied
    static void prepare(DomainDefinition domain) {
        Optional<Path> missing = domain.boot().nvram().map(Path::of).filter(file -> !Files.exists(file));
        if (missing.isEmpty()) {
            return;
        }
        Path store = missing.get();
        Path template = template(domain)
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.CONFIG_UNSUPPORTED,
                        "domain '%s': variable store '%s' does not exist and no template for it is known; name one with <nvram template='…'>"
                                .formatted(domain.name(), store)));
        Path staged = store.resolveSibling("." + store.getFileName() + ".new");
        try {
            Files.copy(template, staged, StandardCopyOption.REPLACE_EXISTING);
            Files.move(staged, store, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Durable.failure("make from '%s' the variable store".formatted(template), store, e);
        }
    }

    /// What the definition names, or else the file beside the firmware that is called VARS instead of CODE.
    private static Optional<Path> template(DomainDefinition domain) {
        return domain.nvramTemplate()
                .map(Path::of)
                .or(() -> domain.boot().loader().map(Path::of).map(VariableStore::beside))
                .filter(Files::isReadable);
    }

    private static Path beside(Path loader) {
        return loader.resolveSibling(loader.getFileName().toString().replace("CODE", "VARS"));
    }
}
