package org.virtkeep.qemu;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.qemu.session.CheckpointOperations;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;

/// A checkpoint by its names. Immutable.
final class EmbeddedCheckpoint implements Checkpoint {
    private final Sessions sessions;
    private final CheckpointOperations checkpoints;
    private final String domain;
    private final String name;

    EmbeddedCheckpoint(Sessions sessions, CheckpointOperations checkpoints, String domain, String name) {
        this.sessions = sessions;
        this.checkpoints = checkpoints;
        this.domain = domain;
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> parent() {
        return checkpoints.parent(folder(), name);
    }

    @Override
    public boolean isCurrent() {
        return checkpoints.current(folder()).filter(name::equals).isPresent();
    }

    @Override
    public List<Checkpoint> children(Set<CheckpointFilter> filters) {
        return checkpoints.children(folder(), name, filters).stream()
                .<Checkpoint>map(child -> new EmbeddedCheckpoint(sessions, checkpoints, domain, child))
                .toList();
    }

    private DomainFolder folder() {
        return sessions.root().folder(domain);
    }

    @Override
    public CheckpointDefinition definition(Set<XmlFlag> flags) {
        if (!flags.contains(XmlFlag.SIZE)) {
            return checkpoints.definition(folder(), name, flags);
        }
        try (DomainSession session = sessions.open(domain, "checkpoint-dumpxml")) {
            return checkpoints.definition(session, name, flags);
        }
    }

    @Override
    public String xml(Set<XmlFlag> flags) {
        return CheckpointXml.write(definition(flags));
    }

    @Override
    public void delete(Set<DeleteFlag> flags) {
        try (DomainSession session = sessions.open(domain, "checkpoint-delete")) {
            checkpoints.delete(session, name, flags);
        }
    }
}
