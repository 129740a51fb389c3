package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainStatistics.Group;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "domstats",
        header = "tell figures of domains",
        description =
                "Writes, of the domains that are named or of all, what QEMU and the kernel tell of processors, memory "
                        + "and disks, or the groups that are asked for. What neither tells is left out; of a domain that is shut "
                        + "off that is most.",
        footer = {"virtkeep domstats web1 --block", "virtkeep domstats --list-running --cpu-total --json"})
final class DomStatsCommand extends ConnectedCommand {
    @Option(names = "--domain", paramLabel = "DOMAIN", description = "a domain's name, UUID, or id; all if left out")
    private List<String> domains;

    @Option(names = "--state", description = "what it does, and why")
    private boolean state;

    @Option(names = "--cpu-total", description = "processor time of its QEMU")
    private boolean cpu;

    @Option(names = "--balloon", description = "memory")
    private boolean balloon;

    @Option(names = "--vcpu", description = "the guest's processors")
    private boolean vcpu;

    @Option(names = "--block", description = "disks")
    private boolean block;

    @Option(names = "--backing", description = "also the images below the disks'")
    private boolean backing;

    @Option(names = "--list-running", description = "only domains that run")
    private boolean running;

    @Option(names = "--list-inactive", description = "only domains that are shut off")
    private boolean inactive;

    private boolean all;

    @Override
    Places places() {
        return new Places(List.of(), List.of(), Optional.of("--domain"));
    }

    @Override
    void check() {
        all = !(state || cpu || balloon || vcpu || block);
    }

    @Override
    void run(Connection connection, Output output) {
        List<Domain> chosen = domains == null || domains.isEmpty()
                ? connection.domains(filters())
                : domains.stream()
                        .map(name -> DomainLookup.find(connection, name))
                        .toList();
        if (output.isJson()) {
            output.json(chosen.stream().map(this::json).toList());
            return;
        }
        for (Domain domain : chosen) {
            output.text("Domain: '%s'%n%s%n"
                    .formatted(Table.printable(domain.name()), figures(domain).lines()));
        }
    }

    private Set<DomainFilter> filters() {
        var filters = EnumSet.noneOf(DomainFilter.class);
        Chosen.add(filters, running, DomainFilter.RUNNING);
        Chosen.add(filters, inactive, DomainFilter.INACTIVE);
        return filters;
    }

    private JsonObject json(Domain domain) {
        return new JsonObject()
                .put("name", domain.name())
                .put("figures", figures(domain).json());
    }

    private NamedFigures figures(Domain domain) {
        var groups = EnumSet.noneOf(Group.class);
        Chosen.add(groups, all || cpu, Group.CPU);
        Chosen.add(groups, all || balloon, Group.MEMORY);
        Chosen.add(groups, all || vcpu, Group.VCPU);
        Chosen.add(groups, all || block, Group.DISKS);
        Chosen.add(groups, backing, Group.BACKING_IMAGES);
        return NamedFigures.of(domain.statistics(groups), all || state, all || vcpu);
    }
}
