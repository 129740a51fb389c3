package org.virtkeep.qemu.backup;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.model.CheckpointDefaults;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.block.BlockGraph;
import org.virtkeep.qemu.block.DiskChain;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;

/// Turns a checkpoint's request into a [CheckpointPlan], or refuses it. Touches nothing.
final class CheckpointPlanner {
    private final DomainSession session;
    private final CheckpointStore store;

    CheckpointPlanner(DomainSession session) {
        this.session = session;
        this.store = new CheckpointStore(session.folder(), session.root().durable());
    }

    /// A checkpoint that follows the parent it names, or else the current one.
    ///
    /// @throws VirtException OPERATION_FAILED if the name is taken; CONFIG_UNSUPPORTED for a disk that
    ///     cannot be tracked; INVALID_ARG if there is no such parent; INTERNAL_ERROR if a bitmap of that name is
    ///     in the way
    CheckpointPlan plan(CheckpointDefinition asked, Instant now) {
        return plan(asked, Optional.empty(), now);
    }

    /// @param base what it follows if it names no parent and this is a known checkpoint
    CheckpointPlan plan(CheckpointDefinition asked, Optional<String> base, Instant now) {
        CheckpointDefinition complete =
                CheckpointDefaults.fill(asked, session.definition().disks(), now, session.isActive());
        String name = CheckpointStore.name(complete);
        if (store.find(name).isPresent()) {
            throw nameTaken(session, name);
        }
        Optional<String> parent = parent(name, asked, base);
        Map<String, LiveDisk> disks =
                session.disks().stream().collect(Collectors.toMap(LiveDisk::target, Function.identity()));
        BlockGraph graph = BlockGraph.query(session);
        var nodes = new ArrayList<String>();
        var transients = new HashSet<String>();
        for (CheckpointDisk disk : complete.disks().orElse(List.of())) {
            if (disk.tracked()) {
                DiskChain chain = chain(graph, Optional.ofNullable(disks.get(disk.name())), disk.name(), name);
                nodes.add(chain.active().name());
                if (!chain.keepsBitmaps()) {
                    transients.add(chain.active().name());
                }
            }
        }
        return new CheckpointPlan(stored(complete, parent, now), nodes, transients);
    }

    static VirtException nameTaken(DomainSession session, String name) {
        return new VirtException(
                ErrorCode.OPERATION_FAILED,
                ErrorDomain.DOMAIN,
                "domain moment '%s' of domain '%s' already exists; choose another name, or delete it"
                        .formatted(name, session.name()));
    }

    private Optional<String> parent(String name, CheckpointDefinition asked, Optional<String> base) {
        asked.parent().filter(parent -> store.find(parent).isEmpty()).ifPresent(parent -> {
            throw new VirtException(
                    ErrorCode.INVALID_ARG,
                    ErrorDomain.DOMAIN,
                    "parent '%s' of checkpoint '%s' is not known to domain '%s'; name one that is, or none"
                            .formatted(parent, name, session.name()));
        });
        return asked.parent()
                .or(() -> base.filter(known -> store.find(known).isPresent()))
                .or(store::current);
    }

    private CheckpointDefinition stored(CheckpointDefinition complete, Optional<String> parent, Instant now) {
        return new CheckpointDefinition(
                complete.name(),
                complete.description(),
                OptionalLong.of(now.getEpochSecond()),
                parent,
                complete.disks(),
                Optional.of(session.definition().document()));
    }

    private DiskChain chain(BlockGraph graph, Optional<LiveDisk> disk, String target, String name) {
        DiskChain chain = graph.chain(disk.orElseThrow(() -> VirtException.qemu(
                ErrorCode.CONFIG_UNSUPPORTED,
                "disk '%s' of domain '%s' is empty or readonly, so it cannot have a checkpoint"
                        .formatted(target, session.name()))));
        if (chain.active().bitmap(name).isPresent()) {
            throw VirtException.qemu(
                    ErrorCode.INTERNAL_ERROR,
                    "disk '%s' of domain '%s' already holds a bitmap '%s' that no known checkpoint owns; choose another name, or import it (checkpoint-import)"
                            .formatted(target, session.name(), name));
        }
        return chain;
    }
}
