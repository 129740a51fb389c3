package org.virtkeep.cli;

import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Connection;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.transfer.RestoredDomain;

/// Defines a restored domain.
final class RestoreDefinition {
    private final Connection connection;
    private final Optional<String> name;
    private final boolean force;

    /// @param name another name, or null
    RestoreDefinition(Connection connection, String name, boolean force) {
        this.connection = connection;
        this.name = Optional.ofNullable(name);
        this.force = force;
    }

    /// Sees that no domain has the name, before anything is restored.
    ///
    /// @throws VirtException OPERATION_FAILED if one has and must not be replaced
    void check(String original) {
        String wanted = name.orElse(original);
        boolean taken = connection.domains(Set.of()).stream()
                .anyMatch(domain -> domain.name().equals(wanted));
        if (taken && !(force && name.isEmpty())) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_FAILED,
                    "there is a domain '%s'; give another --name%s"
                            .formatted(wanted, name.isEmpty() ? ", or --force to give it the restored disks" : ""));
        }
    }

    /// @return the domain's name
    String define(RestoredDomain domain) {
        return connection.define(domain.xml(name)).name();
    }
}
