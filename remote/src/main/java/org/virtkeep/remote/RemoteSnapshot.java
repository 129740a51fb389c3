package org.virtkeep.remote;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Procedure;
import org.virtkeep.rpc.SnapshotMessages;
import org.virtkeep.rpc.SnapshotRef;

/// A snapshot by its name. Immutable.
record RemoteSnapshot(Link link, Peer peer, SnapshotRef snapshot) implements Snapshot {

    private <R> R call(Procedure<SnapshotMessages.SnapshotFlags, R> procedure) {
        return link.call(procedure, new SnapshotMessages.SnapshotFlags(snapshot, 0));
    }

    @Override
    public String name() {
        return snapshot.name();
    }

    /// libvirt has the same code for a root and for a snapshot that does not exist.
    @Override
    public Optional<String> parent() {
        try {
            return Optional.of(call(LibvirtProgram.DOMAIN_SNAPSHOT_GET_PARENT).name());
        } catch (VirtException e) {
            if (e.code() != ErrorCode.NO_DOMAIN_SNAPSHOT) {
                throw e;
            }
            isCurrent();
            return Optional.empty();
        }
    }

    @Override
    public boolean isCurrent() {
        return call(LibvirtProgram.DOMAIN_SNAPSHOT_IS_CURRENT);
    }

    @Override
    public SnapshotDefinition definition() {
        return SnapshotXml.read(xml());
    }

    @Override
    public String xml() {
        return call(LibvirtProgram.DOMAIN_SNAPSHOT_GET_XML_DESC);
    }

    @Override
    public void delete(Set<DeleteFlag> flags, Consumer<Progress> progress) {
        peer.snapshotDelete(snapshot, Flags.snapshotDelete(flags), progress);
    }

    @Override
    public void revert() {
        call(LibvirtProgram.DOMAIN_REVERT_TO_SNAPSHOT);
    }
}
