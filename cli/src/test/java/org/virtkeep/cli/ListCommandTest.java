package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.api.DomainFilter.ACTIVE;
import static org.virtkeep.api.DomainFilter.HAS_BACKUP;
import static org.virtkeep.api.DomainFilter.HAS_CHECKPOINT;
import static org.virtkeep.api.DomainFilter.INACTIVE;
import static org.virtkeep.api.DomainFilter.NO_BACKUP;
import static org.virtkeep.api.DomainFilter.NO_CHECKPOINT;
import static org.virtkeep.api.DomainFilter.OTHER;
import static org.virtkeep.api.DomainFilter.PAUSED;
import static org.virtkeep.api.DomainFilter.PERSISTENT;
import static org.virtkeep.api.DomainFilter.RUNNING;
import static org.virtkeep.api.DomainFilter.SHUTOFF;
import static org.virtkeep.api.DomainFilter.TRANSIENT;

import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.DomainFilter;

class ListCommandTest {
    private final Shell shell = new Shell();

    @BeforeEach
    void addDomains() {
        shell.host.addInactive("archive");
        shell.host.add("web1", 12);
        shell.host.add("database", 2);
    }

    @Test
    void showsRunningDomainsByIdInAnAlignedTable() {
        assertThat(shell.run("list").out()).isEqualTo("""
                 Id   Name       State
                --------------------------
                 2    database   running
                 12   web1       running

                """);
        assertThat(shell.host.filters).containsExactly(ACTIVE);
    }

    @Test
    void showsInactiveDomainsLast() {
        assertThat(shell.run("list", "--all", "-q").out()).isEqualTo("""
                 2    database   running
                 12   web1       running
                 -    archive    shut off
                """);
    }

    @Test
    void writesNamesOrUuidsOnlyWhenAskedTo() {
        assertThat(shell.run("list", "--all", "--name").out()).isEqualTo("database\nweb1\narchive\n");
        assertThat(shell.run("list", "--uuid").out().lines()).allMatch(line -> line.length() == 36);
        assertThat(shell.run("list", "--id").out()).isEqualTo("2\n12\n");
    }

    @Test
    void writesJsonWithNullForTheIdOfAnInactiveDomain() {
        Shell.Result result = shell.run("list", "--all", "--json");
        assertThat(result.out())
                .startsWith("[{\"id\":2,\"name\":\"database\",\"uuid\":\"")
                .endsWith("}]\n");
        assertThat(result.out())
                .contains("{\"id\":null,\"name\":\"archive\"")
                .contains("\"state\":\"shut off\",\"persistent\":true");
    }

    @Test
    void showsTitlesWhenAskedTo() {
        shell.host.domains.get(1).xml = "<domain><title>the shop</title></domain>";
        assertThat(shell.run("list", "--title", "-q").out()).contains(" 12   web1       running   the shop\n");
        assertThat(shell.run("list", "--title", "--json").out()).contains("\"title\":\"the shop\"");
    }

    @Test
    void leavesOutADomainThatGoesMeanwhile() {
        shell.host.domains.get(1).gone = true;
        assertThat(shell.run("list", "--name").out()).isEqualTo("database\n");
    }

    @Test
    void combinesFilters() {
        assertThat(filters("--inactive")).containsExactly(INACTIVE);
        assertThat(filters("--all")).isEmpty();
        assertThat(filters("--all", "--inactive")).isEmpty();
        assertThat(filters("--state-running", "--state-paused")).containsExactlyInAnyOrder(RUNNING, PAUSED);
        assertThat(filters("--state-shutoff", "--state-other")).containsExactlyInAnyOrder(SHUTOFF, OTHER);
        assertThat(filters("--persistent", "--transient")).containsExactlyInAnyOrder(ACTIVE, PERSISTENT, TRANSIENT);
        assertThat(filters("--all", "--with-checkpoint", "--with-backup"))
                .containsExactlyInAnyOrder(HAS_CHECKPOINT, HAS_BACKUP);
        assertThat(filters("--all", "--without-checkpoint", "--without-backup"))
                .containsExactlyInAnyOrder(NO_CHECKPOINT, NO_BACKUP);
    }

    private Set<DomainFilter> filters(String... options) {
        String[] arguments = new String[options.length + 1];
        arguments[0] = "list";
        System.arraycopy(options, 0, arguments, 1, options.length);
        assertThat(shell.run(arguments).code()).isZero();
        return shell.host.filters;
    }
}
