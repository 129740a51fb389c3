package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.interop.Requests.disk;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
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

/// What a script learns from a refusal: exit code 1 and libvirt's code and domain where the command failed, exit
/// code 2 where its words made no sense. That a refusal leaves no trace is tested in module `qemu`.
@Tag("interop")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalsIT {
    private Path dir;
    private Virtkeep virtkeep;

    @BeforeAll
    void start(@TempDir Path folder) {
        Tools.require("qemu-system-x86_64", "qemu-img");
        dir = folder;
        var requests = new Requests(dir);
        virtkeep = Virtkeep.on(dir.resolve("root"));
        Path vda = Images.qcow2(dir.resolve("vda.qcow2"), "8M");
        Path vdb = Images.raw(dir.resolve("vdb.raw"), "8M");
        Path off = Images.qcow2(dir.resolve("off.qcow2"), "8M");
        virtkeep.run("define", requests.domain("vm", disk("vda", vda, "qcow2"), disk("vdb", vdb, "raw")));
        virtkeep.run("define", requests.domain("off", disk("vda", off, "qcow2")));
        virtkeep.run("start", "vm");
        virtkeep.run("checkpoint-create-as", "vm", "known", "--diskspec", "vda");
        virtkeep.run("checkpoint-create-as", "off", "known");
    }

    @AfterAll
    void end() {
        virtkeep.run("destroy", "vm");
    }

    /// Rows of libvirt's catalogue that a command line can reach. `XML:` begins a document that is given as a file.
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            unknown domain            | NO_DOMAIN            | 10 | domstate nobody
            no guest to freeze        | OPERATION_INVALID    | 10 | backup-begin off --quiesce
            no job to abort           | OPERATION_INVALID    | 10 | domjobabort vm
            unknown job               | NO_DOMAIN_BACKUP     | 10 | backup-dumpxml vm --id 4711
            unknown job to end        | NO_DOMAIN_BACKUP     | 10 | backup-end vm --id 4711
            unknown checkpoint        | NO_DOMAIN_CHECKPOINT | 10 | checkpoint-dumpxml vm never
            unknown base              | NO_DOMAIN_CHECKPOINT | 10 | backup-begin vm XML:<domainbackup><incremental>never</incremental></domainbackup>
            checkpoint exists         | OPERATION_FAILED     | 20 | checkpoint-create-as vm known
            wrong root element        | XML_ERROR            |  5 | backup-begin vm XML:<domain/>
            not well-formed           | XML_DETAIL           | 20 | backup-begin vm XML:<domainbackup>
            empty document            | XML_DETAIL           | 20 | backup-begin vm XML:
            not valid by the schema   | XML_INVALID_SCHEMA   |  5 | backup-begin vm XML:<domainbackup><bogus/></domainbackup>
            unknown disk              | CONFIG_UNSUPPORTED   | 20 | backup-begin vm XML:<domainbackup><disks><disk~name='vdz'~type='file'/></disks></domainbackup>
            unknown disk to track     | CONFIG_UNSUPPORTED   | 69 | checkpoint-create-as vm other --diskspec vdz
            no document               | SYSTEM_ERROR         |  0 | backup-begin vm DIR/none.xml
            undefine with checkpoints | OPERATION_INVALID    | 10 | undefine off
            no QEMU at the socket     | NO_CONNECT           | 10 | attach new --qmp DIR/none
            no event in time          | OPERATION_TIMEOUT    |  0 | event vm --timeout 1
            """)
    void failuresHaveLibvirtsNumbers(String what, ErrorCode code, int domain, String command) {
        String[] words = Arrays.stream(command.split(" ")).map(this::argument).toArray(String[]::new);
        JsonNode error = virtkeep.refused(code, words);
        assertThat(error.path("domain").asInt()).as(error.toString()).isEqualTo(domain);
        assertThat(error.path("message").asText()).isNotBlank();
    }

    /// A word of a command; `~` stands for a blank in a document.
    private String argument(String word) {
        return word.startsWith("XML:")
                ? new Requests(dir).file(word.substring(4).replace('~', ' '))
                : word.replace("DIR", dir.toString());
    }

    @Test
    void aTargetThatExistsIsRefusedInWordsToo() {
        Path there = Images.raw(dir.resolve("there.raw"), "8M");
        String push = new Requests(dir).push("", Requests.target("vda", "raw", there));
        virtkeep.refused(ErrorCode.INVALID_ARG, "backup-begin", "vm", push);
        Virtkeep.Result result = virtkeep.attempt("backup-begin", "vm", push);
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: ").contains("--reuse-external", "there.raw");
    }

    @ParameterizedTest
    @CsvSource({"frobnicate", "backup-begin", "list --nonsense", "backup-end vm --id x", "checkpoint-dumpxml vm"})
    void wrongWordsAreExitCode2(String command) {
        String[] words = (command + " --json").split(" ");
        Virtkeep.Result result = virtkeep.attempt(words);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(Json.parse(result.err().lines().findFirst().orElseThrow())
                        .path("error")
                        .path("code")
                        .asInt())
                .isEqualTo(ErrorCode.INVALID_ARG.wireValue());
    }
}
