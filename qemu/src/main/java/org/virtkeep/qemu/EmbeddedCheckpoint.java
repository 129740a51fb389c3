package org.virtkeep.qemu;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;

/// A checkpoint by its names. Immutable.
final class EmbeddedCheckpoint implements Checkpoint {
    private final Sessions sessions;
    private final JobServices services;
    private final String domain;
    private final String name;

    EmbeddedCheckpoint(Sessions sessions, JobServices services, String domain, String name) {
        this.sessions = sessions;
        this.services = services;
        this.domain = domain;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> parent() {
        return services.checkpoints().parent(folder(), name);
    }

    @Override
    public boolean isCurrent() {
        return services.checkpoints().current(folder()).filter(name::equals).isPresent();
    }

    @Override
    public List<Checkpoint> children(Set<CheckpointFilter> filters) {
        return services.checkpoints().children(folder(), name, filters).stream()
                .<Checkpoint>map(child -> new EmbeddedCheckpoint(sessions, services, domain, child))
                .toList();
    }

    private DomainFolder folder() {
        return sessions.root().folder(domain);
    }

    @Override
    public CheckpointDefinition definition(Set<XmlFlag> flags) {
        if (!flags.contains(XmlFlag.SIZE)) {
            return services.checkpoints().definition(folder(), name, flags);
        }
        Optional<CheckpointDefinition> settled = services.settled()
                .ask(sessions, folder(), session -> services.checkpoints().definition(session, name, flags));
        if (settled.isPresent()) {
            return settled.get();
        }
        try (DomainSession session = sessions.open(domain, "checkpoint-dumpxml")) {
            return services.checkpoints().definition(session, name, flags);
        }
    }

    @Override
    public String xml(Set<XmlFlag> flags) {
        return CheckpointXml.write(definition(flags));
    }

    @Override
    public void delete(Set<DeleteFlag> flags) {
        services.endings()
                .withRest(
                        () -> sessions.open(domain, "checkpoint-delete"),
                        session -> services.checkpoints().delete(session, name, flags));
    }
}
