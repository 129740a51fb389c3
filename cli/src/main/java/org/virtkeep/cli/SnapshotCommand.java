package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// A command on one snapshot of a domain: one that is named, or the current one.
abstract class SnapshotCommand extends DomainCommand {
    private String name;
    private boolean current;

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--snapshotname", "NAME", "the snapshot's name", word -> name = word);
        options.flag("--current", "the snapshot that the domain's disks go on from", given -> current = given);
    }

    abstract void run(Domain domain, Snapshot snapshot, Output output);

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--snapshotname");
    }

    @Override
    void check() {
        if (current == (name != null)) {
            throw usage("give either NAME or --current");
        }
    }

    @Override
    void run(Domain domain, Output output) {
        run(domain, current ? current(domain) : domain.snapshot(name), output);
    }

    /// @throws VirtException NO_DOMAIN_SNAPSHOT if there is none
    static Snapshot current(Domain domain) {
        return domain.snapshots().stream()
                .filter(Snapshot::isCurrent)
                .findFirst()
                .orElseThrow(() -> new VirtException(
                        ErrorCode.NO_DOMAIN_SNAPSHOT,
                        ErrorDomain.DOMAIN_SNAPSHOT,
                        "domain '%s' has no current snapshot".formatted(domain.name())));
    }

    static List<Snapshot> children(List<Snapshot> all, String parent) {
        return all.stream()
                .filter(each -> each.parent().equals(Optional.of(parent)))
                .toList();
    }

    static long descendants(List<Snapshot> all, String parent) {
        return children(all, parent).stream()
                .mapToLong(child -> 1 + descendants(all, child.name()))
                .sum();
    }
}
