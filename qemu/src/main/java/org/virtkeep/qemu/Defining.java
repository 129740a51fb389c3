package org.virtkeep.qemu;

import java.util.UUID;
import org.virtkeep.api.Event;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.machine.CommandLine;
import org.virtkeep.qemu.session.KnownDefinitions;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

/// Makes domains known. Immutable and thread-safe.
final class Defining {
    private final Root root;
    private final JobServices services;

    Defining(Root root, JobServices services) {
        this.root = root;
        this.services = services;
    }

    /// Stores a definition.
    ///
    /// @throws VirtException what [DomainXml#read] throws; OPERATION_FAILED if name and UUID belong to
    ///     different domains; CONFIG_UNSUPPORTED if its sockets would have too long names
    DomainDefinition define(String xml) {
        DomainDefinition definition = DomainXml.read(xml);
        DomainFolder folder = root.folder(definition.name());
        CommandLine.monitorsOf(folder); // better refused now than at its start
        try (var _ = folder.lock("define", Deadline.in(Sessions.USUAL_LIMIT));
                var _ = root.lock("define domain '%s'".formatted(definition.name()))) {
            requireFree(services, folder, definition.uuid());
            boolean isNew = !folder.isDefined();
            String text = definition.document().write();
            folder.define(definition.uuid(), text);
            KnownDefinitions.note(text, definition);
            root.events()
                    .appendSoon((sequence, time) -> new Event.Lifecycle(
                            sequence,
                            time,
                            definition.name(),
                            Event.LifecycleType.DEFINED,
                            isNew ? "added" : "updated"));
        }
        return definition;
    }

    /// Checks that no other domain has this name or this UUID. The root's lock is held.
    ///
    /// @throws VirtException OPERATION_FAILED naming the other domain
    static void requireFree(JobServices services, DomainFolder folder, UUID uuid) {
        if (folder.exists() && folder.uuid().filter(uuid::equals).isEmpty()) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_FAILED,
                    "domain '%s' already exists with uuid %s; use that uuid to change it, or another name"
                            .formatted(
                                    folder.name(),
                                    folder.uuid().map(UUID::toString).orElse("(unreadable)")));
        }
        for (DomainFolder other : services.folders().all()) {
            if (!other.name().equals(folder.name())
                    && services.uuid(other).filter(uuid::equals).isPresent()) {
                throw VirtException.qemu(
                        ErrorCode.OPERATION_FAILED,
                        "domain '%s' is already defined with uuid %s; give '%s' another uuid or leave it out"
                                .formatted(other.name(), uuid, folder.name()));
            }
        }
    }
}
