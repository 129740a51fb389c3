package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.virtkeep.api.Connection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "list",
        header = "list domains",
        description = {
            "Lists the domains of the host, running ones only unless options say otherwise. Options about one thing "
                    + "are alternatives to each other; what is about different things must all hold.",
            "With --name, --uuid or --id only those are written, one domain a line, for scripts."
        },
        footer = {
            "virtkeep list --all",
            "    every domain",
            "virtkeep list --all --without-checkpoint --name",
            "    the names of those that were never backed up with a checkpoint"
        })
final class ListCommand extends ConnectedCommand {
    @Mixin
    private ListFilters filters;

    @Option(names = "--name", description = "write names only")
    private boolean name;

    @Option(names = "--uuid", description = "write UUIDs only")
    private boolean uuid;

    @Option(names = "--id", description = "write ids only")
    private boolean id;

    @Option(names = "--title", description = "also show the domains' titles")
    private boolean title;

    @Override
    Places places() {
        return Places.of();
    }

    @Override
    void run(Connection connection, Output output) {
        List<DomainRow> rows = connection.domains(filters.chosen()).stream()
                .map(domain -> DomainRow.of(domain, title))
                .flatMap(Optional::stream)
                .sorted(DomainRow.ORDER)
                .toList();
        if (output.isJson()) {
            output.json(rows.stream().map(row -> row.toJson(title)).toList());
        } else if (name || uuid || id) {
            rows.forEach(row -> output.text(words(row)));
        } else {
            var table = title ? new Table("Id", "Name", "State", "Title") : new Table("Id", "Name", "State");
            rows.forEach(row -> table.row(row.cells(title)));
            output.table(table);
        }
    }

    private String words(DomainRow row) {
        return Stream.of(
                        id ? row.cells(false).getFirst() : "",
                        uuid ? row.uuid().toString() : "",
                        name ? row.name() : "")
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
