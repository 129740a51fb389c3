package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
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
    public List<Checkpoint> children(Set<CheckpointFilter> filters) {
        host.calls.add("children " + name + " " + filters);
        List<Checkpoint> direct = host.domains.stream()
                .flatMap(domain -> domain.checkpoints.stream())
                .filter(other -> other.parent().equals(Optional.of(name)))
                .toList();
        return filters.contains(CheckpointFilter.DESCENDANTS)
                ? direct.stream()
                        .flatMap(child -> Stream.concat(Stream.of(child), child.children(filters).stream()))
                        .toList()
                : direct;
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
