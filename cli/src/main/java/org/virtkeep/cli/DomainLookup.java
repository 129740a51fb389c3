package org.virtkeep.cli;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// Finds the domain that a user means.
final class DomainLookup {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern UUID_TEXT =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");

    private DomainLookup() {}

    /// The domain with the id `word`, or else with the UUID `word`, or else with the name `word`, as virsh does it.
    ///
    /// @throws VirtException NO_DOMAIN if there is none
    static Domain find(Connection connection, String word) {
        return byId(connection, word).or(() -> byUuid(connection, word)).orElseGet(() -> connection.domain(word));
    }

    private static Optional<Domain> byId(Connection connection, String word) {
        if (!NUMBER.matcher(word).matches()) {
            return Optional.empty();
        }
        int id = Integer.parseInt(word);
        return connection.domains(Set.of(DomainFilter.ACTIVE)).stream()
                .filter(domain -> domain.id().orElse(-1) == id)
                .findFirst();
    }

    private static Optional<Domain> byUuid(Connection connection, String word) {
        if (!UUID_TEXT.matcher(word).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(connection.domain(UUID.fromString(word)));
        } catch (VirtException e) {
            if (e.code() == ErrorCode.NO_DOMAIN) {
                return Optional.empty(); // it may still be a name
            }
            throw e;
        }
    }
}
