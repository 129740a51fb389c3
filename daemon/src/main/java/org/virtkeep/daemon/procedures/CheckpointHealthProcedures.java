package org.virtkeep.daemon.procedures;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointRepair;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.api.Domain.CheckpointRepairFlag;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.daemon.wire.WireHealth;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.CheckpointMessages;
import org.virtkeep.rpc.CheckpointRef;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.RpcDispatcher;
import org.virtkeep.rpc.VirtkeepMessages;
import org.virtkeep.rpc.VirtkeepProgram;

/// What virtkeep's own program can do about checkpoints, and libvirt's cannot.
final class CheckpointHealthProcedures implements ProcedureGroup {
    private static final int VALIDATE = CheckpointCreateFlag.REDEFINE_VALIDATE.wireValue();

    private final Host host;

    CheckpointHealthProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(VirtkeepProgram.CHECKPOINT_GET_HEALTH, (_, args) -> health(args))
                .on(VirtkeepProgram.CHECKPOINT_LIST_HEALTH, (_, args) -> healths(args))
                .on(VirtkeepProgram.CHECKPOINT_GET_CURRENT, (_, args) -> current(args))
                .on(VirtkeepProgram.CHECKPOINT_REDEFINE, (_, args) -> redefine(args))
                .on(VirtkeepProgram.CHECKPOINT_REPAIR, (_, args) -> repair(args))
                .on(VirtkeepProgram.CHECKPOINT_IMPORT, (_, args) -> importUnknown(args));
    }

    private VirtkeepMessages.CheckpointHealth health(CheckpointMessages.CheckpointFlags args) {
        Flags.check(args.flags(), 0, "virDomainCheckpointGetHealth");
        Domain domain = host.domain(args.checkpoint().domain());
        Checkpoint checkpoint = domain.checkpoint(args.checkpoint().name());
        Map<String, Long> sizes = sizes(checkpoint);
        List<CheckpointHealth.Disk> disks = domain.checkpointHealth().stream()
                .filter(health -> health.known() && health.name().equals(checkpoint.name()))
                .flatMap(health -> health.disks().stream())
                .toList();
        return new VirtkeepMessages.CheckpointHealth(
                checkpoint.parent(),
                checkpoint.isCurrent(),
                disks.stream().map(disk -> WireHealth.disk(disk, sizes)).toList());
    }

    /// How much changed on each disk; empty while the domain is shut off.
    private static Map<String, Long> sizes(Checkpoint checkpoint) {
        var sizes = new HashMap<String, Long>();
        try {
            List<CheckpointDisk> disks = checkpoint
                    .definition(Set.of(Checkpoint.XmlFlag.SIZE))
                    .disks()
                    .orElse(List.of());
            disks.forEach(disk -> disk.sizeBytes().ifPresent(size -> sizes.put(disk.name(), size)));
        } catch (VirtException e) {
            if (e.code() != ErrorCode.OPERATION_INVALID) {
                throw e;
            }
        }
        return sizes;
    }

    private VirtkeepMessages.Healths healths(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainCheckpointListHealth");
        return new VirtkeepMessages.Healths(host.domain(args.domain()).checkpointHealth().stream()
                .map(WireHealth::of)
                .toList());
    }

    private Optional<String> current(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), 0, "virDomainCheckpointGetCurrent");
        return host.domain(args.domain()).checkpoints().stream()
                .filter(Checkpoint::isCurrent)
                .map(Checkpoint::name)
                .findFirst();
    }

    private CheckpointMessages.CheckpointList redefine(VirtkeepMessages.Redefine args) {
        Flags.check(args.flags(), VALIDATE, "virDomainCheckpointRedefine");
        var definitions = args.xmls().stream().map(CheckpointXml::read).toList();
        List<CheckpointRef> redefined =
                host.domain(args.domain()).checkpointsRedefine(definitions, args.flags() == VALIDATE).stream()
                        .map(checkpoint -> new CheckpointRef(checkpoint.name(), args.domain()))
                        .toList();
        return new CheckpointMessages.CheckpointList(redefined, redefined.size());
    }

    private VirtkeepMessages.Repair repair(VirtkeepMessages.RepairArgs args) {
        Set<CheckpointRepairFlag> flags = repairFlags(args.flags(), "virDomainCheckpointRepair");
        Domain domain = host.domain(args.domain());
        if (args.names().isEmpty()) {
            return reply(domain.checkpointRepair(Optional.empty(), flags).steps(), flags);
        }
        var steps = new ArrayList<CheckpointRepair.Step>();
        for (String name : args.names()) {
            steps.addAll(domain.checkpointRepair(Optional.of(name), flags).steps());
        }
        return reply(steps, flags);
    }

    private VirtkeepMessages.Repair importUnknown(VirtkeepMessages.RepairArgs args) {
        Set<CheckpointRepairFlag> flags = repairFlags(args.flags(), "virDomainCheckpointImport");
        return reply(
                host.domain(args.domain()).checkpointImport(args.names(), flags).steps(), flags);
    }

    private static Set<CheckpointRepairFlag> repairFlags(int bits, String api) {
        Flags.check(bits, VirtkeepMessages.RepairArgs.DRY_RUN, api);
        return bits == 0 ? EnumSet.noneOf(CheckpointRepairFlag.class) : EnumSet.of(CheckpointRepairFlag.DRY_RUN);
    }

    private static VirtkeepMessages.Repair reply(List<CheckpointRepair.Step> steps, Set<CheckpointRepairFlag> flags) {
        return new VirtkeepMessages.Repair(
                steps.stream().map(WireHealth::of).toList(), flags.contains(CheckpointRepairFlag.DRY_RUN));
    }
}
