package org.virtkeep.qemu;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.virtkeep.api.Connection.Listed;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.watch.FolderState;

/// Lists domains. The last list is given again as long as no domain has changed. Thread-safe.
final class DomainLists {
    /// What these are about is in a domain's own folder, or known of its QEMU.
    private static final Set<DomainFilter> SIMPLE = EnumSet.of(DomainFilter.ACTIVE, DomainFilter.INACTIVE);

    private final Sessions sessions;
    private final JobServices services;
    private volatile Known last = new Known(Optional.empty(), Set.of(), List.of(), List.of());

    /// A list, and on what it rests.
    ///
    /// @param state   of all directories before it was made; empty if a change might not show
    /// @param running the domains whose QEMU is to tell of changes
    private record Known(
            Optional<FolderState> state, Set<DomainFilter> filters, List<DomainFolder> running, List<Listed> domains) {}

    DomainLists(Sessions sessions, JobServices services) {
        this.sessions = sessions;
        this.services = services;
    }

    /// As [org.virtkeep.api.Connection#list].
    List<Listed> list(Set<DomainFilter> filters) {
        Optional<FolderState> now = services.states().ofEverything().filter(_ -> SIMPLE.containsAll(filters));
        Known known = last;
        if (now.isPresent() && now.equals(known.state) && filters.equals(known.filters) && isUpToDate(known.running)) {
            return known.domains;
        }
        return make(filters, now);
    }

    private boolean isUpToDate(List<DomainFolder> running) {
        return running.stream()
                .allMatch(folder -> services.settled().find(folder).isPresent());
    }

    private List<Listed> make(Set<DomainFilter> filters, Optional<FolderState> before) {
        var look = new DomainLook(sessions, services);
        Collection<List<DomainFilter>> groups = DomainLook.groups(filters);
        var domains = new ArrayList<Listed>();
        var running = new ArrayList<DomainFolder>();
        boolean certain = true;
        for (DomainFolder folder : services.folders().all()) {
            Optional<DomainLook.View> view = look.at(folder);
            certain &= view.filter(DomainLook.View::certain).isPresent();
            view.filter(seen -> seen.state() != DomainState.SHUTOFF).ifPresent(_ -> running.add(folder));
            view.filter(seen -> seen.passes(groups)).map(this::listed).ifPresent(domains::add);
        }
        List<Listed> list = List.copyOf(domains);
        boolean remembers = certain;
        last = new Known(before.filter(_ -> remembers), Set.copyOf(filters), List.copyOf(running), list);
        return list;
    }

    private Listed listed(DomainLook.View view) {
        var domain = new EmbeddedDomain(sessions, services, view.folder(), view.uuid());
        try {
            return new Listed(domain, view.state() == DomainState.SHUTOFF ? OptionalInt.empty() : domain.id());
        } catch (VirtException _) {
            return new Listed(domain, OptionalInt.empty()); // one that cannot be read must not spoil the list
        }
    }
}
