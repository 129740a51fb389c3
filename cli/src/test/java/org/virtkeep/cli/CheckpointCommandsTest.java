package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckpointCommandsTest {
    private final Shell shell = new Shell();

    @BeforeEach
    void addDomain() {
        FakeDomain web = shell.host.add("web1", 1);
        web.checkpoints.add(new FakeCheckpoint(shell.host, "sunday", Optional.empty(), false));
        web.checkpoints.add(new FakeCheckpoint(shell.host, "monday", Optional.of("sunday"), false));
        web.checkpoints.add(new FakeCheckpoint(shell.host, "tuesday", Optional.of("monday"), true));
    }

    @Test
    void createsFromADocument() {
        shell.input = "<domaincheckpoint><name>wednesday</name></domaincheckpoint>".getBytes(StandardCharsets.UTF_8);
        assertThat(shell.run("checkpoint-create", "web1", "-", "--quiesce").out())
                .isEqualTo("Checkpoint 'wednesday' of domain 'web1' created\n");
        assertThat(shell.host.calls)
                .containsExactly("web1 checkpointCreate Optional[wednesday] Optional.empty Optional.empty [QUIESCE]");
    }

    @Test
    void createsFromNothing() {
        assertThat(shell.run("checkpoint-create", "web1", "--json").out())
                .isEqualTo("{\"domain\":\"web1\",\"checkpoint\":\"1700000000\"}\n");
    }

    @Test
    void createsFromArgumentsByPlaceOrByName() {
        String created = "web1 checkpointCreate Optional[c1] Optional[why] Optional[["
                + "CheckpointDisk[name=vda, tracked=true, bitmap=Optional.empty, sizeBytes=OptionalLong.empty], "
                + "CheckpointDisk[name=vdb, tracked=false, bitmap=Optional.empty, sizeBytes=OptionalLong.empty]]] []";
        shell.run("checkpoint-create-as", "web1", "c1", "why", "vda", "vdb,checkpoint=no");
        shell.run("checkpoint-create-as", "web1", "c1", "why", "--diskspec", "vda", "--diskspec", "vdb,checkpoint=no");
        shell.run("checkpoint-create-as", "web1", "--name=c1", "--diskspec=vda", "why", "vdb,checkpoint=no");
        assertThat(shell.host.calls).containsExactly(created, created, created);
    }

    @Test
    void printsTheDocumentInsteadOfUsingIt() {
        assertThat(shell.run("checkpoint-create-as", "web1", "c1", "--diskspec", "vda,bitmap=x", "--print-xml")
                        .out())
                .isEqualTo("""
                        <domaincheckpoint>
                          <name>c1</name>
                          <disks>
                            <disk name='vda' checkpoint='bitmap' bitmap='x'/>
                          </disks>
                        </domaincheckpoint>
                        """);
        assertThat(shell.host.calls).isEmpty();
    }

    @Test
    void refusesBadArguments() {
        assertThat(shell.run("checkpoint-create-as", "web1", "c1", "--diskspec", "vda,checkpoint=yes")
                        .err())
                .startsWith("error: 'checkpoint=yes' in --diskspec 'vda,checkpoint=yes' is none of");
        assertThat(shell.run("checkpoint-create-as", "web1", "a/b").code()).isEqualTo(1);
        assertThat(shell.host.calls).isEmpty();
    }

    @Test
    void listsParentsBeforeChildren() {
        assertThat(shell.run("checkpoint-list", "web1").out()).isEqualTo("""
                 Name      Creation Time
                --------------------------------------
                 sunday    2023-11-14 22:13:20 +0000
                 monday    2023-11-14 22:13:20 +0000
                 tuesday   2023-11-14 22:13:20 +0000

                """);
        assertThat(shell.run("checkpoint-list", "web1", "--parent", "-q").out())
                .contains(" monday    2023-11-14 22:13:20 +0000   sunday\n");
        assertThat(shell.run("checkpoint-list", "web1", "--name").out()).isEqualTo("sunday\nmonday\ntuesday\n");
        assertThat(shell.run("checkpoint-list", "web1", "--json").out())
                .startsWith("[{\"name\":\"sunday\",\"created\":\"2023-11-14T22:13:20Z\",\"parent\":null,"
                        + "\"current\":false},");
    }

    @Test
    void tellsWhereACheckpointStands() {
        assertThat(shell.run("checkpoint-info", "web1", "sunday").out()).isEqualTo("""
                Name:        sunday
                Domain:      web1
                Current:     no
                Parent:      -
                Children:    1
                Descendants: 2
                """);
        assertThat(shell.run("checkpoint-info", "web1", "tuesday", "--json").out())
                .isEqualTo("{\"name\":\"tuesday\",\"domain\":\"web1\",\"current\":true,\"parent\":\"monday\","
                        + "\"children\":0,\"descendants\":0}\n");
    }

    @Test
    void tellsTheParent() {
        assertThat(shell.run("checkpoint-parent", "web1", "monday").out()).isEqualTo("sunday\n");
        assertThat(shell.run("checkpoint-parent", "web1", "sunday", "--json").err())
                .startsWith("{\"error\":{\"code\":103,\"domain\":69,\"codeName\":\"NO_DOMAIN_CHECKPOINT\"");
    }

    @Test
    void writesXmlWithWhatIsWanted() {
        assertThat(shell.run("checkpoint-dumpxml", "web1", "monday").out())
                .isEqualTo("<domaincheckpoint flags='[]'/>\n");
        assertThat(shell.run("checkpoint-dumpxml", "web1", "monday", "--size", "--no-domain")
                        .out())
                .isEqualTo("<domaincheckpoint flags='[NO_DOMAIN, SIZE]'/>\n");
    }

    @Test
    void deletes() {
        assertThat(shell.run("checkpoint-delete", "web1", "monday").out())
                .isEqualTo("Checkpoint 'monday' of domain 'web1' deleted\n");
        shell.run("checkpoint-delete", "web1", "--checkpointname", "monday", "--metadata");
        assertThat(shell.host.calls).containsExactly("delete monday []", "delete monday [METADATA_ONLY]");
        assertThat(shell.run("checkpoint-delete", "web1", "never").code()).isEqualTo(1);
        assertThat(shell.run("checkpoint-delete", "web1").err())
                .isEqualTo("error: command 'checkpoint-delete' needs NAME; see 'virtkeep help checkpoint-delete'\n");
    }
}
