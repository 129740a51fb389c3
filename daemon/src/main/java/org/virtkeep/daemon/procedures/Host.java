package org.virtkeep.daemon.procedures;

import java.util.Optional;
import java.util.OptionalInt;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainRef;

/// The domains that the daemon serves, as procedures name them. Thread-safe.
///
/// @param connection serves all clients; not owned
public record Host(Connection connection) {

    /// Finds the domain that a client means. As in libvirtd the UUID decides, and name and id may be
    /// old.
    ///
    /// @throws VirtException NO_DOMAIN if there is none
    public Domain domain(DomainRef ref) {
        return byName(ref).orElseGet(() -> byUuid(ref));
    }

    /// Far cheaper than to look for the UUID, and nearly always right.
    private Optional<Domain> byName(DomainRef ref) {
        try {
            return Optional.of(connection.domain(ref.name()))
                    .filter(domain -> domain.uuid().equals(ref.uuid()));
        } catch (VirtException e) {
            if (e.code() != ErrorCode.NO_DOMAIN) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Domain byUuid(DomainRef ref) {
        try {
            return connection.domain(ref.uuid());
        } catch (VirtException e) {
            if (e.code() != ErrorCode.NO_DOMAIN) {
                throw e;
            }
            throw VirtException.qemu(
                    ErrorCode.NO_DOMAIN, "no domain with matching uuid '%s' (%s)".formatted(ref.uuid(), ref.name()));
        }
    }

    /// How clients are to name `domain` from now on.
    public static DomainRef ref(Domain domain) {
        OptionalInt id = domain.id();
        return new DomainRef(domain.name(), domain.uuid(), id.orElse(DomainRef.NO_ID));
    }

    /// As [#ref(Domain)], for one of a list.
    static DomainRef ref(Connection.Listed listed) {
        return new DomainRef(
                listed.domain().name(), listed.domain().uuid(), listed.id().orElse(DomainRef.NO_ID));
    }

    /// As [#ref(Domain)], without a look at the domain: with the id that the client knows.
    static DomainRef echo(Domain domain, DomainRef known) {
        return new DomainRef(domain.name(), domain.uuid(), known.id());
    }
}
