package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

class DomainCommandsTest {
    private final Shell shell = new Shell();
    private FakeDomain web;

    @BeforeEach
    void addDomain() {
        web = shell.host.add("web1", 12);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    start web1                           | web1 start []                        | started
                    start web1 --paused                  | web1 start [PAUSED]                  | started
                    start web1 --wait 600                | web1 start [] waiting 600            | started
                    suspend web1                         | web1 suspend                         | suspended
                    resume web1                          | web1 resume                          | resumed
                    shutdown web1                        | web1 shutdown                        | is being shut down
                    reboot web1                          | web1 reboot false                    | is being rebooted
                    reboot web1 --agent                  | web1 reboot true                     | is being rebooted
                    reset web1                           | web1 reset                           | was reset
                    autostart web1                       | web1 autostart true                  | marked as autostarted
                    autostart web1 --disable             | web1 autostart false                 | unmarked as autostarted
                    destroy web1                         | web1 destroy                         | destroyed
                    undefine web1                        | web1 undefine []                     | undefined
                    undefine web1 --checkpoints-metadata | web1 undefine [CHECKPOINTS_METADATA] | undefined
                    """)
    void changesADomainAndSaysSo(String line, String call, String said) {
        Shell.Result result = shell.run(line.split(" "));
        assertThat(result).isEqualTo(new Shell.Result(0, "Domain 'web1' %s\n".formatted(said), ""));
        assertThat(shell.host.calls).containsExactly(call);
        assertThat(shell.host.closed).isTrue();
        assertThat(shell.run(("--json " + line).split(" ")).out()).isEqualTo("{\"domain\":\"web1\"}\n");
        assertThat(shell.run(("-q " + line).split(" ")).out()).isEmpty();
    }

    @Test
    void aGuestIsFrozenAndThawed() {
        assertThat(shell.run("domfsfreeze", "web1", "--mountpoint", "/a").out()).contains("Froze 2 file systems");
        assertThat(shell.run("domfsthaw", "web1").out()).contains("Thawed 2 file systems");
        assertThat(shell.run("domfsinfo", "web1").out()).contains("/srv", "vda1", "ext4", "vda");
        assertThat(shell.host.calls).containsExactly("web1 freeze [/a]", "web1 thaw");
    }

    @Test
    void disksArePluggedAndUnplugged() {
        assertThat(shell.run("attach-disk", "web1", "/i.qcow2", "sdb", "--subdriver", "qcow2")
                        .out())
                .contains("'sdb'");
        assertThat(shell.run("detach-disk", "web1", "sdb", "--config").out()).contains("'sdb'");
        assertThat(shell.host.calls.getFirst())
                .contains("type='qcow2'", "file='/i.qcow2'", "dev='sdb'", "bus='scsi'", "[]");
        assertThat(shell.host.calls.getLast()).isEqualTo("web1 detachDisk sdb [CONFIG]");
    }

    @Test
    void theMediumOfADriveIsChanged() {
        assertThat(shell.run("change-media", "web1", "sda", "/r.iso").out()).contains("holds '/r.iso'");
        assertThat(shell.run("change-media", "web1", "sda", "--eject", "--force")
                        .out())
                .contains("is empty");
        assertThat(shell.host.calls)
                .containsExactly("web1 changeMedia sda /r.iso false", "web1 changeMedia sda nothing true");
        assertThat(shell.run("change-media", "web1", "sda").code()).isEqualTo(2);
    }

    @Test
    void aDiskIsResizedToASizeThatHasAUnit() {
        assertThat(shell.run("blockresize", "web1", "vda", "1M").out()).contains("1048576 bytes");
        assertThat(shell.host.calls).containsExactly("web1 blockResize vda 1048576");
        assertThat(shell.run("blockresize", "web1", "vda", "1048576").code()).isEqualTo(2);
    }

    @Test
    void takesADomainByIdUuidOrName() {
        shell.host.add("2", 7);
        shell.host.add("other", 2);
        shell.run("suspend", "12");
        shell.run("suspend", web.uuid().toString());
        shell.run("suspend", "--domain", "web1");
        shell.run("suspend", "2");
        assertThat(shell.host.calls).containsExactly("web1 suspend", "web1 suspend", "web1 suspend", "other suspend");
    }

    @Test
    void takesANumberOrUuidForANameIfNothingElseMatches() {
        String uuid = "00000000-0000-4000-8000-000000000001";
        shell.host.addInactive("99");
        shell.host.addInactive(uuid);
        shell.run("start", "99");
        shell.run("start", uuid);
        assertThat(shell.host.calls).containsExactly("99 start []", uuid + " start []");
    }

    @Test
    void tellsWhatTheHostRefuses() {
        web.refusal = Optional.of(
                VirtException.qemu(ErrorCode.OPERATION_INVALID, "domain 'web1' runs already; use 'resume'"));
        assertThat(shell.run("start", "web1"))
                .isEqualTo(new Shell.Result(1, "", "error: domain 'web1' runs already; use 'resume'\n"));
        assertThat(shell.host.closed).isTrue();
    }

    @Test
    void definesFromAFileOrStandardInput(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("web.xml"), "<domain>ü</domain>");
        assertThat(shell.run("define", file.toString()).out()).isEqualTo("Domain 'defined' defined\n");
        shell.input = "<domain/>".getBytes(StandardCharsets.UTF_8);
        assertThat(shell.run("define", "-", "--json").out()).startsWith("{\"domain\":\"defined\",\"uuid\":\"");
        assertThat(shell.host.calls).containsExactly("define <domain>ü</domain>", "define <domain/>");
    }

    @Test
    void refusesDocumentsThatCannotBeRead(@TempDir Path directory) throws IOException {
        Path latin = Files.write(directory.resolve("latin.xml"), new byte[] {'<', (byte) 0xfc, '>'});
        Path large = Files.write(directory.resolve("large.xml"), new byte[4 * 1024 * 1024 + 1]);
        assertThat(shell.run("define", directory.resolve("no.xml").toString()))
                .isEqualTo(new Shell.Result(
                        1, "", "error: file '%s/no.xml' cannot be read: there is no such file\n".formatted(directory)));
        assertThat(shell.run("define", directory.toString()).err()).contains("cannot be read: Is a directory");
        assertThat(shell.run("define", latin.toString()).err()).endsWith("latin.xml' is not encoded in UTF-8\n");
        assertThat(shell.run("define", large.toString()).err()).contains("large.xml' is larger than 4 MiB");
        assertThat(shell.run("define", "a\0b").err()).contains("is not a file's name");
        assertThat(shell.uris).isEmpty();
        assertThat(shell.host.calls).isEmpty();
    }

    @Test
    void attachesByAbsoluteSockets() {
        Path here = Path.of("").toAbsolutePath();
        assertThat(shell.run("attach", "vm", "--qmp", "/run/a.sock", "--qmp", "b.sock")
                        .out())
                .isEqualTo("Domain 'vm' attached\n");
        assertThat(shell.host.calls).containsExactly("attach vm [/run/a.sock, %s]".formatted(here.resolve("b.sock")));
        assertThat(shell.run("attach", "vm"))
                .isEqualTo(new Shell.Result(
                        2, "", "error: command 'attach' needs --qmp SOCKET; see 'virtkeep help attach'\n"));
    }

    @Test
    void writesXmlAsItIsWithOneEndOfLine() {
        web.xml = "<domain type='kvm'/>";
        assertThat(shell.run("dumpxml", "web1").out()).isEqualTo("<domain type='kvm'/>\n");
        assertThat(shell.run("dumpxml", "web1", "--json").out()).isEqualTo("{\"xml\":\"<domain type='kvm'/>\"}\n");
    }

    @Test
    void tellsTheState() {
        assertThat(shell.run("domstate", "web1").out()).isEqualTo("running\n");
        assertThat(shell.run("domstate", "web1", "--json").out())
                .isEqualTo("{\"domain\":\"web1\",\"state\":\"running\",\"stateCode\":1,\"reason\":\"unknown\"}\n");
    }

    @Test
    void tellsTheMainFacts() {
        web.xml = """
                <domain type='qemu'>
                  <name>web1</name>
                  <memory unit='MiB'>256</memory>
                  <vcpu>2</vcpu>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                </domain>
                """;
        web.jobs.add(Jobs.push(org.virtkeep.api.JobState.RUNNING, 10, Optional.empty()));
        assertThat(shell.run("dominfo", "web1").out()).isEqualTo("""
                Id:              12
                Name:            web1
                UUID:            %s
                State:           running
                CPU(s):          2
                Max memory:      262144 KiB
                Persistent:      yes
                Checkpoints:     0
                Running backups: 1
                """.formatted(web.uuid()));
        assertThat(shell.run("dominfo", "web1", "--json").out())
                .contains("\"vcpus\":2,\"memoryBytes\":268435456,\"checkpoints\":0,\"runningBackups\":1}");
    }

    @Test
    void leavesOutFactsThatTheXmlDoesNotTell() {
        assertThat(shell.run("dominfo", "web1").out()).doesNotContain("CPU(s)").contains("Persistent:      yes");
        assertThat(shell.run("dominfo", "web1", "--json").out()).contains("\"vcpus\":null,\"memoryBytes\":null");
    }

    @Test
    void listsDisks() {
        web.disks.add(new BlockDevice("vda", "file", "disk", Optional.of("/images/web1.qcow2")));
        web.disks.add(new BlockDevice("sda", "file", "cdrom", Optional.empty()));
        assertThat(shell.run("domblklist", "web1").out()).isEqualTo("""
                 Target   Source
                ------------------------------
                 vda      /images/web1.qcow2
                 sda      -

                """);
        assertThat(shell.run("domblklist", "web1", "--details").out()).isEqualTo("""
                 Type   Device   Target   Source
                ----------------------------------------------
                 file   disk     vda      /images/web1.qcow2
                 file   cdrom    sda      -

                """);
        assertThat(shell.run("domblklist", "web1", "--json").out())
                .contains("{\"target\":\"sda\",\"type\":\"file\",\"device\":\"cdrom\",\"source\":null}");
    }

    @Test
    void tellsTheSizesOfOneDisk() {
        String inBytes = "Capacity:   1073741824\nAllocation: 536870912\nPhysical:   1572864\n";
        assertThat(shell.run("domblkinfo", "web1", "vda").out()).isEqualTo(inBytes);
        assertThat(shell.run("domblkinfo", "web1", "--device", "vda").out()).isEqualTo(inBytes);
        assertThat(shell.run("domblkinfo", "web1", "vda", "--human").out())
                .isEqualTo("Capacity:   1.000 GiB\nAllocation: 512.000 MiB\nPhysical:   1.500 MiB\n");
        assertThat(shell.run("domblkinfo", "web1", "vda", "--json").out())
                .isEqualTo("{\"target\":\"vda\",\"capacity\":1073741824,\"allocation\":536870912,"
                        + "\"physical\":1572864}\n");
    }

    @Test
    void tellsTheSizesOfAllDisksWithAMedium() {
        web.disks.add(new BlockDevice("vda", "file", "disk", Optional.of("/images/web1.qcow2")));
        web.disks.add(new BlockDevice("sda", "file", "cdrom", Optional.empty()));
        assertThat(shell.run("domblkinfo", "web1", "--all", "--human").out()).isEqualTo("""
                 Target   Capacity    Allocation    Physical
                -----------------------------------------------
                 vda      1.000 GiB   512.000 MiB   1.500 MiB

                """);
        assertThat(shell.run("domblkinfo", "web1", "--all", "--json").out()).startsWith("[{\"target\":\"vda\"");
        assertThat(shell.run("domblkinfo", "web1").code()).isEqualTo(2);
        assertThat(shell.run("domblkinfo", "web1", "vda", "--all").code()).isEqualTo(2);
    }
}
