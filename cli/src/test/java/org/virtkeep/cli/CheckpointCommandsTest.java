package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.CheckpointHealth;
import org.virtkeep.api.CheckpointHealth.State;
import org.virtkeep.api.CheckpointRepair.Action;
import org.virtkeep.api.CheckpointRepair.Step;

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
    void listsByNameUnlessToldOtherwise() {
        assertThat(shell.run("checkpoint-list", "web1").out()).isEqualTo("""
                 Name      Creation Time
                --------------------------------------
                 monday    2023-11-14 22:13:20 +0000
                 sunday    2023-11-14 22:13:20 +0000
                 tuesday   2023-11-14 22:13:20 +0000

                """);
        assertThat(shell.run("checkpoint-list", "web1", "--parent", "-q").out())
                .contains(" monday    2023-11-14 22:13:20 +0000   sunday\n");
        assertThat(shell.run("checkpoint-list", "web1", "--name", "--topological")
                        .out())
                .isEqualTo("sunday\nmonday\ntuesday\n");
        assertThat(shell.run("checkpoint-list", "web1", "--json", "--topological")
                        .out())
                .startsWith("[{\"name\":\"sunday\",\"created\":\"2023-11-14T22:13:20Z\",\"parent\":null,"
                        + "\"current\":false},");
    }

    @Test
    void drawsATreeAsVirshDoes() {
        shell.host
                .domains
                .getFirst()
                .checkpoints
                .add(new FakeCheckpoint(shell.host, "friday", Optional.of("sunday"), false));
        shell.host.domains.getFirst().checkpoints.add(new FakeCheckpoint(shell.host, "zero", Optional.empty(), false));
        assertThat(shell.run("checkpoint-list", "web1", "--tree").out())
                .isEqualTo(String.join(
                        "\n",
                        "sunday",
                        "  |",
                        "  +- friday",
                        "  +- monday",
                        "      |",
                        "      +- tuesday",
                        "        ",
                        "zero",
                        "",
                        ""));
        assertThat(shell.run("checkpoint-list", "web1", "--tree", "--from", "monday")
                        .out())
                .isEqualTo(String.join("\n", "monday", "  |", "  +- tuesday", "    ", ""));
    }

    @Test
    void asksForWhatTheOptionsName() {
        shell.run("checkpoint-list", "web1", "--roots");
        shell.run("checkpoint-list", "web1", "--leaves", "--no-leaves", "--topological");
        shell.run("checkpoint-list", "web1", "sunday", "--descendants", "--leaves");
        assertThat(shell.host.calls)
                .contains(
                        "web1 checkpoints [ROOTS]",
                        "web1 checkpoints [TOPOLOGICAL, LEAVES, NO_LEAVES]",
                        "children sunday [DESCENDANTS, LEAVES]");
        assertThat(shell.run("checkpoint-list", "web1", "--name", "--from", "monday")
                        .out())
                .isEqualTo("tuesday\n");
    }

    @Test
    void refusesOptionsThatExcludeEachOther() {
        assertThat(shell.run("checkpoint-list", "web1", "--roots", "--parent").err())
                .startsWith("error: options --parent and --roots are mutually exclusive");
        assertThat(shell.run("checkpoint-list", "web1", "--tree", "--name").code())
                .isEqualTo(2);
        assertThat(shell.run("checkpoint-list", "web1", "--descendants").err())
                .startsWith("error: --descendants requires --from");
        assertThat(shell.run("checkpoint-create", "web1", "--redefine", "--quiesce", "-")
                        .code())
                .isEqualTo(2);
        assertThat(shell.run("checkpoint-create", "web1", "--redefine-validate", "-")
                        .code())
                .isEqualTo(2);
        assertThat(shell.run("checkpoint-create", "web1", "--redefine").code()).isEqualTo(2);
        assertThat(shell.run("checkpoint-create", "web1", "a.xml", "b.xml").code())
                .isEqualTo(2);
        assertThat(shell.host.calls).isEmpty();
    }

    @Test
    void tellsWhatHoldsDiskByDisk() {
        FakeDomain web = shell.host.domains.getFirst();
        web.checkpoints.removeLast();
        web.health.add(health("sunday", true, State.OK, State.INCONSISTENT));
        web.health.add(health("monday", true));
        web.health.add(health("lost", false, State.OK));
        assertThat(shell.run("checkpoint-list", "web1", "--health", "--topological")
                        .out())
                .isEqualTo("""
                 Name     Disk   State          Detail
                ----------------------------------------------------------------
                 sunday   vda    ok
                 sunday   vdb    inconsistent   why
                 monday   -      -              tracks no disk
                 lost     vda    ok             no checkpoint owns this bitmap

                """);
        assertThat(shell.run("checkpoint-list", "web1", "--health", "--leaves").out())
                .doesNotContain("lost");
        assertThat(shell.run("checkpoint-list", "web1", "--health", "--json", "--topological")
                        .out())
                .contains(
                        "\"current\":false,\"known\":true,\"ok\":false,\"disks\":[{\"disk\":\"vda\",\"state\":\"ok\",\"detail\":null},"
                                + "{\"disk\":\"vdb\",\"state\":\"inconsistent\",\"detail\":\"why\"}]}")
                .contains(
                        "{\"name\":\"lost\",\"created\":null,\"parent\":null,\"current\":false,\"known\":false,\"ok\":true");
    }

    private static CheckpointHealth health(String name, boolean known, State... states) {
        var disks = new ArrayList<CheckpointHealth.Disk>();
        for (State state : states) {
            String target = "vd" + (char) ('a' + disks.size());
            disks.add(new CheckpointHealth.Disk(
                    target, state, state == State.OK ? Optional.empty() : Optional.of("why")));
        }
        return new CheckpointHealth(name, known, disks);
    }

    @Test
    void repairsAndTellsWhatItDid() {
        FakeDomain web = shell.host.domains.getFirst();
        assertThat(shell.run("checkpoint-repair", "web1").out()).isEqualTo("Nothing to repair in domain 'web1'\n");
        web.steps.add(new Step("monday", Optional.of("vda"), Action.BITMAPS_REMOVED, "from 'x'"));
        web.steps.add(new Step("monday", Optional.empty(), Action.CHECKPOINT_DROPPED, "vda: why"));
        assertThat(shell.run("checkpoint-repair", "web1", "monday", "--dry-run").out())
                .isEqualTo("""
                 Name     Disk   Would be done        Detail
                ------------------------------------------------
                 monday   vda    bitmaps removed      from 'x'
                 monday   -      checkpoint dropped   vda: why

                """);
        assertThat(shell.run("checkpoint-repair", "web1", "--json").out())
                .isEqualTo(
                        "{\"domain\":\"web1\",\"dryRun\":false,\"steps\":["
                                + "{\"checkpoint\":\"monday\",\"disk\":\"vda\",\"action\":\"bitmaps removed\",\"detail\":\"from 'x'\"},"
                                + "{\"checkpoint\":\"monday\",\"disk\":null,\"action\":\"checkpoint dropped\",\"detail\":\"vda: why\"}]}\n");
        shell.run("checkpoint-import", "web1", "a", "b");
        assertThat(shell.host.calls)
                .containsExactly(
                        "web1 checkpointRepair Optional.empty []",
                        "web1 checkpointRepair Optional[monday] [DRY_RUN]",
                        "web1 checkpointRepair Optional.empty []",
                        "web1 checkpointImport [a, b] []");
    }

    @Test
    void redefinesManyAtOnce(@TempDir Path dir) throws IOException {
        Path one = Files.writeString(dir.resolve("1.xml"), "<domaincheckpoint><name>c1</name></domaincheckpoint>");
        Path two = Files.writeString(dir.resolve("2.xml"), "<domaincheckpoint><name>c2</name></domaincheckpoint>");
        assertThat(shell.run("checkpoint-create", "web1", "--redefine", two.toString(), one.toString())
                        .out())
                .isEqualTo("Checkpoint 'c1' of domain 'web1' redefined\nCheckpoint 'c2' of domain 'web1' redefined\n");
        assertThat(shell.run("checkpoint-create", "web1", one.toString(), "--redefine", "--redefine-validate")
                        .out())
                .isEqualTo("Checkpoint 'c1' of domain 'web1' redefined\n");
        assertThat(shell.host.calls)
                .containsExactly(
                        "web1 checkpointsRedefine [c2, c1] false",
                        "web1 checkpointCreate Optional[c1] Optional.empty Optional.empty [REDEFINE, REDEFINE_VALIDATE]");
    }

    @Test
    void aNewOneMayNameWhatItFollows() {
        shell.run("checkpoint-create-as", "web1", "friday", "--parent", "sunday");
        assertThat(shell.host.calls)
                .containsExactly(
                        "web1 checkpointCreate Optional[friday] Optional.empty Optional.empty [] below sunday");
    }

    @Test
    void editsInAnEditor(@TempDir Path dir) throws IOException {
        Path edited = Files.writeString(dir.resolve("e"), "<domaincheckpoint><name>monday</name></domaincheckpoint>");
        shell.environment.put("EDITOR", "true");
        assertThat(shell.run("checkpoint-edit", "web1", "monday").out()).isEqualTo("Checkpoint 'monday' not changed\n");
        shell.environment.put("EDITOR", "cp " + edited);
        assertThat(shell.run("checkpoint-edit", "web1", "monday").out()).isEqualTo("Checkpoint 'monday' edited\n");
        Shell.Result renamed = shell.run("checkpoint-edit", "web1", "tuesday");
        assertThat(renamed.err()).contains("'tuesday' keeps its name", "what was edited is in");
        Files.delete(Path.of(renamed.err().replaceAll("(?s).*is in '([^']*)'.*", "$1")));
        assertThat(shell.host.calls)
                .containsExactly("web1 checkpointCreate Optional[monday] Optional.empty Optional.empty [REDEFINE]");
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
                .startsWith("{\"error\":{\"code\":103,\"domain\":10,\"codeName\":\"NO_DOMAIN_CHECKPOINT\"");
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
        assertThat(shell.run("checkpoint-delete", "web1", "monday", "--children")
                        .out())
                .isEqualTo("Checkpoint 'monday' of domain 'web1' deleted with its children\n");
        assertThat(shell.run("checkpoint-delete", "web1", "monday", "--children-only")
                        .out())
                .isEqualTo("Children of checkpoint 'monday' of domain 'web1' deleted\n");
        assertThat(shell.host.calls).contains("delete monday [CHILDREN]", "delete monday [CHILDREN_ONLY]");
        assertThat(shell.run("checkpoint-delete", "web1", "never").code()).isEqualTo(1);
        assertThat(shell.run("checkpoint-delete", "web1").err())
                .isEqualTo("error: command 'checkpoint-delete' needs NAME; see 'virtkeep help checkpoint-delete'\n");
    }
}
