package org.virtkeep.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.virtkeep.api.Connection;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.BackupList;
import org.virtkeep.repository.Repository;

final class ListCommand extends ConnectedCommand {
    private String domain;
    private final ListFilters filters = new ListFilters();
    private final RepoOption repository = new RepoOption();
    private boolean name;
    private boolean uuid;
    private boolean id;
    private boolean title;

    @Override
    Manual manual() {
        return Manual.of("list domains, or the backups in a repository")
                .description(
                        "Lists the domains of the host, running ones only unless options say otherwise. Options about one thing "
                                + "are alternatives to each other; what is about different things must all hold.",
                        "With --name, --uuid or --id only those are written, one domain a line, for scripts.",
                        "With --repo the backups in that repository are listed instead, of all domains or of one, oldest first. "
                                + "Changed is what was read for a backup, stored what it added to the repository.")
                .examples(
                        "virtkeep list --all",
                        "    every domain",
                        "virtkeep list --all --without-checkpoint --name",
                        "    the names of those that were never backed up with a checkpoint",
                        "virtkeep list --repo /backup web1",
                        "    the backups of web1");
    }

    @Override
    void declare(Options options) {
        options.text("--domain", "DOMAIN", "with --repo: the domain whose backups are meant", word -> domain = word);
        filters.declare(options);
        repository.declare(options);
        options.flag("--name", "write names only", given -> name = given);
        options.flag("--uuid", "write UUIDs only", given -> uuid = given);
        options.flag("--id", "write ids only", given -> id = given);
        options.flag("--title", "also show the domains' titles", given -> title = given);
    }

    @Override
    Places places() {
        return Places.of().thenOptional("--domain");
    }

    @Override
    void run(Output output) throws IOException {
        if (repository.isGiven()) {
            listBackups(output);
        } else if (domain != null) {
            throw usage("a domain is named to see its backups, which takes --repo");
        } else {
            super.run(output);
        }
    }

    private void listBackups(Output output) throws IOException {
        try (Repository opened = repository.open(program().surroundings())) {
            BackupList list = opened.list();
            list.unreadable()
                    .forEach(id -> output.note("backup '%s' is not shown: its manifest is damaged".formatted(id)));
            List<BackupInfo> backups = domain == null ? list.backups() : list.of(domain);
            if (output.isJson()) {
                output.json(backups.stream().map(PointView::json).toList());
            } else {
                output.table(PointView.table(backups));
            }
        }
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
