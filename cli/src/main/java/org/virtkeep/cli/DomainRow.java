package org.virtkeep.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;

/// What a listing tells about one domain, asked for once.
///
/// @param title only if it was asked for, because it takes the whole XML to find it
record DomainRow(
        OptionalInt id, String name, UUID uuid, DomainState state, boolean persistent, Optional<String> title) {

    /// virsh's order: running domains by id, then the others by name.
    static final Comparator<DomainRow> ORDER = (one, other) -> {
        int byId =
                Integer.compare(one.id().orElse(Integer.MAX_VALUE), other.id().orElse(Integer.MAX_VALUE));
        return byId != 0 ? byId : one.name().compareTo(other.name());
    };

    /// @return empty if the domain has gone since it was listed
    static Optional<DomainRow> of(Domain domain, boolean withTitle) {
        try {
            return Optional.of(new DomainRow(
                    domain.id(),
                    domain.name(),
                    domain.uuid(),
                    domain.state(),
                    domain.isPersistent(),
                    withTitle ? XmlElement.read(domain.xml()).childText("title") : Optional.empty()));
        } catch (VirtException e) {
            if (e.code() == ErrorCode.NO_DOMAIN) {
                return Optional.empty();
            }
            throw e;
        }
    }

    List<String> cells(boolean withTitle) {
        String number = id.isPresent() ? Integer.toString(id.getAsInt()) : "-";
        return withTitle
                ? List.of(number, name, state.label(), title.orElse(""))
                : List.of(number, name, state.label());
    }

    JsonObject toJson(boolean withTitle) {
        var json = new JsonObject();
        id.ifPresentOrElse(number -> json.put("id", number), () -> json.putNull("id"));
        json.put("name", name)
                .put("uuid", uuid.toString())
                .put("state", state.label())
                .put("persistent", persistent);
        return withTitle ? json.putText("title", title) : json;
    }
}
