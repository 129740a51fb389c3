package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainStatistics.Group;

final class DomStatsCommand extends ConnectedCommand {
    private List<String> domains;
    private boolean state;
    private boolean cpu;
    private boolean balloon;
    private boolean vcpu;
    private boolean block;
    private boolean backing;
    private boolean running;
    private boolean inactive;
    private boolean all;

    @Override
    Manual manual() {
        return Manual.of("tell figures of domains")
                .description(
                        "Writes, of the domains that are named or of all, what QEMU and the kernel tell of processors, memory "
                                + "and disks, or the groups that are asked for. What neither tells is left out; of a domain that is shut "
                                + "off that is most.")
                .examples("virtkeep domstats web1 --block", "virtkeep domstats --list-running --cpu-total --json");
    }

    @Override
    void declare(Options options) {
        options.texts("--domain", "DOMAIN", "a domain's name, UUID, or id; all if left out", words -> domains = words);
        options.flag("--state", "what it does, and why", given -> state = given);
        options.flag("--cpu-total", "processor time of its QEMU", given -> cpu = given);
        options.flag("--balloon", "memory", given -> balloon = given);
        options.flag("--vcpu", "the guest's processors", given -> vcpu = given);
        options.flag("--block", "disks", given -> block = given);
        options.flag("--backing", "also the images below the disks'", given -> backing = given);
        options.flag("--list-running", "only domains that run", given -> running = given);
        options.flag("--list-inactive", "only domains that are shut off", given -> inactive = given);
    }

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
