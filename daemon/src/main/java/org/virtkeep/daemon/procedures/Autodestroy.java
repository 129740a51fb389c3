package org.virtkeep.daemon.procedures;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainRef;

/// Domains that end with the connection of the client that started them
/// (`VIR_DOMAIN_START_AUTODESTROY`). Immutable and thread-safe.
record Autodestroy(Host host) {
    private static final Logger LOG = LoggerFactory.getLogger(Autodestroy.class);

    /// Binds a run of a domain, which has just been started, to `client`. A later run is not concerned.
    void bind(Client client, DomainRef run) {
        client.whenGone(() -> end(run));
    }

    private void end(DomainRef run) {
        try {
            var domain = host.domain(run);
            if (domain.id().orElse(DomainRef.NO_ID) == run.id()) {
                LOG.info("domain ends with its client domain={} id={}", run.name(), run.id());
                domain.destroy();
            }
        } catch (VirtException e) {
            LOG.debug("domain not ended with its client domain={} reason={}", run.name(), e.getMessage());
        }
    }
}
