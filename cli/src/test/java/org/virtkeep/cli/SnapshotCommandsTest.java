package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotCommandsTest {
    private final Shell shell = new Shell();

    @BeforeEach
    void addDomain() {
        FakeDomain web = shell.host.add("web1", 1);
        web.snapshots.add(new FakeSnapshot(shell.host, "a", Optional.empty(), false));
        web.snapshots.add(new FakeSnapshot(shell.host, "b", Optional.of("a"), false));
        web.snapshots.add(new FakeSnapshot(shell.host, "c", Optional.of("b"), false));
        web.snapshots.add(new FakeSnapshot(shell.host, "d", Optional.of("a"), true));
    }

    @Test
    void createsFromADocument() {
        shell.input = "<domainsnapshot><name>s</name></domainsnapshot>".getBytes(StandardCharsets.UTF_8);
        assertThat(shell.run("snapshot-create", "web1", "-", "--disk-only", "--atomic", "--quiesce")
                        .out())
                .isEqualTo("Snapshot 's' of domain 'web1' created\n");
        assertThat(shell.host.calls)
                .containsExactly("web1 snapshotCreate Optional[s] Optional.empty Optional.empty Optional.empty "
                        + "[DISK_ONLY, QUIESCE, ATOMIC]");
    }

    @Test
    void createsACheckpointAtTheSameInstant() {
        shell.input = "<domaincheckpoint><name>c1</name></domaincheckpoint>".getBytes(StandardCharsets.UTF_8);
        assertThat(shell.run("snapshot-create", "web1", "--checkpointxml", "-", "--json")
                        .out())
                .isEqualTo("{\"domain\":\"web1\",\"snapshot\":\"1700000000\"}\n");
        assertThat(shell.host.calls.getFirst()).endsWith("Optional.empty Optional[c1] []");
        assertThat(shell.run("snapshot-create", "web1", "-", "--checkpointxml", "-")
                        .err())
                .contains("standard input can be only one of");
    }

    @Test
    void writesTheDocumentOfItsArguments() {
        assertThat(shell.run(
                                "snapshot-create-as",
                                "web1",
                                "s",
                                "why",
                                "vda,file=/x",
                                "vdb,snapshot=no",
                                "--diskspec",
                                "vdc,stype=block,driver=qcow2,file=/dev/c",
                                "--print-xml")
                        .out())
                .isEqualTo("""
                        <domainsnapshot>
                          <name>s</name>
                          <description>why</description>
                          <disks>
                            <disk name='vdc' type='block'>
                              <driver type='qcow2'/>
                              <source dev='/dev/c'/>
                            </disk>
                            <disk name='vda' type='file'>
                              <source file='/x'/>
                            </disk>
                            <disk name='vdb' snapshot='no'/>
                          </disks>
                        </domainsnapshot>
                        """);
        assertThat(shell.host.calls).isEmpty();
        shell.run("snapshot-create-as", "web1", "s", "--no-metadata", "--reuse-external");
        assertThat(shell.host.calls.getFirst()).endsWith("[NO_METADATA, REUSE_EXTERNAL]");
    }

    @Test
    void refusesBadArguments() {
        assertThat(shell.run("snapshot-create-as", "web1", "--diskspec", "vda,x=y")
                        .err())
                .contains("is none of snapshot=MODE");
        assertThat(shell.run("snapshot-create-as", "web1", "--diskspec", "vda,stype=net")
                        .err())
                .contains("none of file, block");
        assertThat(shell.run("snapshot-create-as", "web1", "--diskspec", ",file=/a")
                        .err())
                .contains("begin with a disk");
        assertThat(shell.run("snapshot-info", "web1").err()).contains("either NAME or --current");
        assertThat(shell.run("snapshot-list", "web1", "--tree", "--name").err()).contains("--tree goes with none");
        assertThat(shell.run("snapshot-list", "web1", "--descendants").err()).contains("needs --from");
        assertThat(shell.host.calls).isEmpty();
    }

    @Test
    void lists() {
        assertThat(shell.run("snapshot-list", "web1", "--parent").out()).isEqualTo("""
                 Name   Creation Time               State           Parent
                ------------------------------------------------------------
                 a      2023-11-14 22:13:20 +0000   disk-snapshot
                 b      2023-11-14 22:13:20 +0000   disk-snapshot   a
                 c      2023-11-14 22:13:20 +0000   disk-snapshot   b
                 d      2023-11-14 22:13:20 +0000   disk-snapshot   a

                """);
        assertThat(names()).isEqualTo("a\nb\nc\nd\n");
        assertThat(names("--roots")).isEqualTo("a\n");
        assertThat(names("--leaves")).isEqualTo("c\nd\n");
        assertThat(names("--no-leaves")).isEqualTo("a\nb\n");
        assertThat(names("--leaves", "--no-leaves")).isEqualTo("a\nb\nc\nd\n");
        assertThat(names("--from", "a")).isEqualTo("b\nd\n");
        assertThat(names("--from", "a", "--descendants", "--topological")).isEqualTo("b\nc\nd\n");
        assertThat(shell.run("snapshot-list", "web1", "--json", "--from", "b").out())
                .isEqualTo("[{\"name\":\"c\",\"created\":\"2023-11-14T22:13:20Z\",\"state\":\"disk-snapshot\","
                        + "\"parent\":\"b\",\"current\":false}]\n");
    }

    private String names(String... more) {
        var arguments = new java.util.ArrayList<>(java.util.List.of("snapshot-list", "web1", "--name"));
        arguments.addAll(java.util.List.of(more));
        return shell.run(arguments.toArray(String[]::new)).out();
    }

    @Test
    void drawsATree() {
        assertThat(shell.run("snapshot-list", "web1", "--tree").out()).isEqualTo("""
                a
                  |
                  +- b
                  |   |
                  |   +- c
                  |
                  +- d
                """);
    }

    @Test
    void tellsOfOne() {
        assertThat(shell.run("snapshot-info", "web1", "a").out()).isEqualTo("""
                Name:        a
                Domain:      web1
                Current:     no
                State:       disk-snapshot
                Location:    external
                Parent:      -
                Children:    2
                Descendants: 3
                Metadata:    yes
                Overlay vda: /vda.a
                """);
        assertThat(shell.run("snapshot-info", "web1", "--current", "--json").out())
                .contains("\"name\":\"d\"", "\"location\":\"external\"");
        assertThat(shell.run("snapshot-current", "web1", "--name").out()).isEqualTo("d\n");
        assertThat(shell.run("snapshot-current", "web1").out()).isEqualTo("<domainsnapshot/>\n");
        assertThat(shell.run("snapshot-parent", "web1", "--current").out()).isEqualTo("a\n");
        assertThat(shell.run("snapshot-parent", "web1", "a", "--json").err())
                .startsWith("{\"error\":{\"code\":72,\"domain\":35,\"codeName\":\"NO_DOMAIN_SNAPSHOT\"");
        assertThat(shell.run("snapshot-dumpxml", "web1", "b").out()).isEqualTo("<domainsnapshot/>\n");
        assertThat(shell.run("snapshot-dumpxml", "web1", "x").code()).isEqualTo(1);
    }

    @Test
    void deletesAndReverts() {
        assertThat(shell.run("snapshot-delete", "web1", "c").out())
                .isEqualTo("Snapshot 'c' of domain 'web1' deleted\n");
        shell.run("snapshot-delete", "web1", "a", "--children", "--metadata");
        shell.run("snapshot-delete", "web1", "a", "--children-only");
        assertThat(shell.run("snapshot-revert", "web1", "b", "--paused").out())
                .isEqualTo("Domain 'web1' reverted to snapshot 'b'\n");
        assertThat(shell.host.calls)
                .containsExactly(
                        "delete snapshot c []",
                        "delete snapshot a [CHILDREN, METADATA_ONLY]",
                        "delete snapshot a [CHILDREN_ONLY]",
                        "revert b",
                        "web1 start [PAUSED]");
        assertThat(shell.run("snapshot-revert", "web1", "b", "--paused", "--running")
                        .code())
                .isEqualTo(2);
    }
}
