package org.virtkeep.qemu;

import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.CommandLine;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

/// Starts domains that are known only while they run. Immutable and thread-safe.
final class Creating {
    private final Root root;
    private final JobServices services;
    private final Sessions sessions;

    Creating(Root root, JobServices services, Sessions sessions) {
        this.root = root;
        this.services = services;
        this.sessions = sessions;
    }

    /// @throws VirtException see [org.virtkeep.api.Connection#create]
    DomainFolder create(String xml, boolean paused) {
        DomainDefinition definition = DomainXml.read(xml);
        DomainFolder folder = root.folder(definition.name());
        CommandLine.monitorsOf(folder);
        Defining.requireFree(services, folder, definition.uuid()); // better refused before anything is made
        sessions.create(folder, definition, paused, recording -> () -> {
            try (var _ = root.lock("create domain '%s'".formatted(folder.name()))) {
                Defining.requireFree(services, folder, definition.uuid());
                recording.run();
            }
        });
        return folder;
    }
}
