package org.virtkeep.remote;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.CheckpointMessages;
import org.virtkeep.rpc.CheckpointRef;
import org.virtkeep.rpc.LibvirtProgram;

/// A checkpoint by its name. Immutable.
record RemoteCheckpoint(Link link, Peer peer, CheckpointRef checkpoint) implements Checkpoint {

    @Override
    public String name() {
        return checkpoint.name();
    }

    /// libvirt has the same code for a root and for a checkpoint that does not exist.
    @Override
    public Optional<String> parent() {
        try {
            return Optional.of(link.call(
                            LibvirtProgram.DOMAIN_CHECKPOINT_GET_PARENT,
                            new CheckpointMessages.CheckpointFlags(checkpoint, 0))
                    .name());
        } catch (VirtException e) {
            if (e.code() != ErrorCode.NO_DOMAIN_CHECKPOINT) {
                throw e;
            }
            var lookup = new CheckpointMessages.Lookup(checkpoint.domain(), checkpoint.name(), 0);
            link.call(LibvirtProgram.DOMAIN_CHECKPOINT_LOOKUP_BY_NAME, lookup);
            return Optional.empty();
        }
    }

    @Override
    public boolean isCurrent() {
        return peer.currentCheckpoint(checkpoint.domain())
                .filter(checkpoint.name()::equals)
                .isPresent();
    }

    @Override
    public List<Checkpoint> children(Set<CheckpointFilter> filters) {
        if (filters.contains(CheckpointFilter.ROOTS)) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG, "filter ROOTS is for a domain, not for the children of a checkpoint");
        }
        var list = new CheckpointMessages.ListChildren(checkpoint, true, Flags.checkpoints(filters));
        return link.call(LibvirtProgram.DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN, list).checkpoints().stream()
                .<Checkpoint>map(
                        child -> new RemoteCheckpoint(link, peer, new CheckpointRef(child.name(), checkpoint.domain())))
                .toList();
    }

    @Override
    public CheckpointDefinition definition(Set<XmlFlag> flags) {
        return CheckpointXml.read(xml(flags));
    }

    @Override
    public String xml(Set<XmlFlag> flags) {
        return link.call(
                LibvirtProgram.DOMAIN_CHECKPOINT_GET_XML_DESC,
                new CheckpointMessages.CheckpointFlags(checkpoint, Flags.checkpointXml(flags)));
    }

    @Override
    public void delete(Set<DeleteFlag> flags) {
        link.call(
                LibvirtProgram.DOMAIN_CHECKPOINT_DELETE,
                new CheckpointMessages.CheckpointFlags(checkpoint, Flags.checkpointDelete(flags)));
    }
}
