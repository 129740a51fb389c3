package org.virtkeep.remote;

import java.util.List;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.AgentMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;

/// Work while the guest's file systems are frozen. libvirt's backups do not freeze by themselves.
record Frozen(Link link, DomainRef domain) {

    /// Freezes, works, thaws: also when the work or the connection failed.
    ///
    /// @throws VirtException what freezing or the work refused; AGENT_UNRESPONSIVE if the work was done, but
    ///     the guest could not be thawed
    void run(Runnable work) {
        freeze();
        try {
            work.run();
        } catch (VirtException e) {
            thawAfter(e);
            throw e;
        }
        try {
            thaw();
        } catch (VirtException e) {
            throw VirtException.qemu(
                    ErrorCode.AGENT_UNRESPONSIVE,
                    ("domain '%s': it was done, but the guest could not be thawed afterwards; thaw it with 'virsh"
                                    + " domfsthaw': %s")
                            .formatted(domain.name(), e.getMessage()),
                    e);
        }
    }

    private void freeze() {
        try {
            link.call(LibvirtProgram.DOMAIN_FSFREEZE, all());
        } catch (VirtException e) {
            if (e.code() != ErrorCode.ARGUMENT_UNSUPPORTED && e.code() != ErrorCode.OPERATION_INVALID) {
                thawAfter(e); // the agent may have frozen some of them
            }
            throw e;
        }
    }

    private void thawAfter(VirtException failure) {
        try {
            thaw();
        } catch (VirtException e) {
            failure.addSuppressed(e);
        }
    }

    private void thaw() {
        link.call(LibvirtProgram.DOMAIN_FSTHAW, all());
    }

    private AgentMessages.MountPoints all() {
        return new AgentMessages.MountPoints(domain, List.of(), 0);
    }
}
