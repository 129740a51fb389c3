package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.model.CheckpointDefinition;

/// A checkpoint in memory, created at 2023-11-14 22:13:20 UTC.
record FakeCheckpoint(FakeHost host, String name, Optional<String> parent, boolean isCurrent) implements Checkpoint {

    @Override
    public CheckpointDefinition definition(Set<XmlFlag> flags) {
        return new CheckpointDefinition(
                Optional.of(name),
                Optional.empty(),
                OptionalLong.of(1_700_000_000),
                parent,
                Optional.of(List.of()),
                Optional.empty());
    }

    @Override
    public String xml(Set<XmlFlag> flags) {
        return "<domaincheckpoint flags='%s'/>".formatted(flags);
    }

    @Override
    public void delete(Set<DeleteFlag> flags) {
        host.calls.add("delete " + name + " " + flags);
    }
}
