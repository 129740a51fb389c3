package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Json;
import org.virtkeep.testkit.Tools;

/// What libvirtd refuses has the same code, error domain and exit code with virtkeep as with virsh.
@Tag("interop")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemoteRefusalsIT {
    private Path dir;
    private LibvirtHost host;
    private ErrorTap tap;
    private Virsh virsh;

    @BeforeAll
    void start(@TempDir Path folder) {
        Tools.require("qemu-system-x86_64", "qemu-img", "virsh");
        dir = folder;
        host = LibvirtHost.start(dir);
        tap = ErrorTap.open(dir.resolve("tap"), host.socket());
        virsh = Virsh.of(tap.socket());
        Images.raw(host.folder().resolve("there"), "16M");
        run("define", host.domain("vm"));
        run("define", host.domain("off"));
        run("start", "vm");
        run("checkpoint-create-as", "vm", "known");
        run("snapshot-create-as", "off", "s1", "--disk-only");
    }

    private void run(String... arguments) {
        Virsh.Result result = virsh.run(arguments);
        assertThat(result.exitCode()).as(result.err()).isZero();
    }

    @AfterAll
    void end() throws Exception {
        tap.close();
        host.close();
    }

    /// The words are the same for both. `XML:` begins a document, in which `~` stands for a blank.
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            unknown domain                  | domstate nobody
            document of an unknown domain   | dumpxml nobody
            start of an unknown domain      | start nobody
            suspending what is off          | suspend off
            resuming what is off            | resume off
            shutting down what is off       | shutdown off
            destroying what is off          | destroy off
            undefine with snapshots         | undefine off
            definition is not XML           | define XML:<domain
            definition is empty             | define XML:~
            definition of another kind      | define XML:<network/>
            definition without a name       | define XML:<domain~type='qemu'/>
            definition with a taken name    | define XML:<domain~type='qemu'><name>off</name><uuid>11111111-1111-4111-8111-111111111111</uuid><memory>65536</memory><os><type>hvm</type></os></domain>
            sizes of an unknown disk        | domblkinfo vm vdz
            resizing an unknown disk        | blockresize vm vdz 8M
            resizing a disk that is off     | blockresize off vda 17M
            backup of what is off           | backup-begin off
            backup is not XML               | backup-begin vm XML:<domainbackup>
            backup is empty                 | backup-begin vm XML:~
            backup of another kind          | backup-begin vm XML:<domain/>
            backup against the schema       | backup-begin vm XML:<domainbackup><bogus/></domainbackup>
            backup of an unknown disk       | backup-begin vm XML:<domainbackup><disks><disk~name='vdz'~type='file'><target~file='DIR/x'/></disk></disks></domainbackup>
            backup since an unknown point   | backup-begin vm XML:<domainbackup><incremental>never</incremental></domainbackup>
            target exists                   | backup-begin vm XML:<domainbackup><disks><disk~name='vda'~type='file'><target~file='DIR/there'/></disk></disks></domainbackup>
            pull over TCP without a port    | backup-begin vm XML:<domainbackup~mode='pull'><server~transport='tcp'~name='127.0.0.1'/></domainbackup>
            pull with a raw scratch         | backup-begin vm XML:<domainbackup~mode='pull'><server~transport='unix'~socket='/tmp/x'/><disks><disk~name='vda'~type='file'><driver~type='raw'/></disk></disks></domainbackup>
            no job to tell of               | backup-dumpxml vm
            no job to abort                 | domjobabort vm
            checkpoint of what is off       | checkpoint-create-as off c
            checkpoint exists               | checkpoint-create-as vm known
            checkpoint of an unknown disk   | checkpoint-create-as vm other --diskspec vdz
            checkpoint is not XML           | checkpoint-create vm XML:<domaincheckpoint>
            checkpoint of another kind      | checkpoint-create vm XML:<domain/>
            redefinition without a name     | checkpoint-create vm XML:<domaincheckpoint/> --redefine
            unknown checkpoint              | checkpoint-dumpxml vm never
            deleting an unknown checkpoint  | checkpoint-delete vm never
            parent of a root                | checkpoint-parent vm known
            parent of an unknown checkpoint | checkpoint-parent vm never
            unknown snapshot                | snapshot-dumpxml vm never
            deleting an unknown snapshot    | snapshot-delete vm never
            going back to an unknown one    | snapshot-revert vm never
            parent of an unknown snapshot   | snapshot-parent vm never
            snapshot of an unknown disk     | snapshot-create-as vm s --disk-only --diskspec vdz,file=/tmp/z
            snapshot is not XML             | snapshot-create vm XML:<domainsnapshot>
            quiesce without an agent        | snapshot-create-as vm s --disk-only --quiesce
            a disk of a taken name          | attach-disk vm DIR/there vda
            """)
    void isRefusedAsWithVirsh(String what, String command) {
        tap.take();
        Virsh.Result expected = virsh.run(words(command));
        Optional<ErrorTap.Code> code = tap.take();
        assertThat(expected.exitCode()).as("virsh refuses: %s", expected.out()).isEqualTo(1);
        assertThat(code).as("virsh asked libvirtd: %s", expected.err()).isPresent();

        String[] ours = words(command + " --json");
        Virtkeep.Result result = host.virtkeep().attempt(ours);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(expected.exitCode());
        JsonNode error = Json.parse(
                        result.err().lines().reduce((_, last) -> last).orElseThrow())
                .path("error");
        assertThat(new ErrorTap.Code(
                        error.path("code").asInt(), error.path("domain").asInt()))
                .as("virtkeep: %svirsh: %s", result.err(), expected.err())
                .isEqualTo(code.get());
    }

    private String[] words(String command) {
        return Arrays.stream(command.split(" +")).map(this::word).toArray(String[]::new);
    }

    private String word(String word) {
        String there = word.replace("DIR", host.folder().toString());
        return there.startsWith("XML:")
                ? host.requests().file(there.substring(4).replace('~', ' '))
                : there;
    }

    @Test
    void whatLibvirtCannotDoIsRefusedByName() {
        assertThat(refused(ErrorCode.NO_SUPPORT, "checkpoint-list", "vm", "--health"))
                .contains("health of checkpoints");
        assertThat(refused(ErrorCode.NO_SUPPORT, "checkpoint-repair", "vm")).contains("repair checkpoints");
        assertThat(refused(ErrorCode.NO_SUPPORT, "checkpoint-import", "vm")).contains("find checkpoints in images");
        assertThat(refused(ErrorCode.NO_SUPPORT, "attach", "x", "--qmp", "/x")).contains("attach to a QEMU");
        assertThat(refused(ErrorCode.INVALID_ARG, "backup-begin", "vm", "--fallback", "full"))
                .contains("fall back");
    }

    private String refused(ErrorCode code, String... command) {
        return host.virtkeep().refused(code, command).path("message").asText();
    }
}
