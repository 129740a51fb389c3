package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.api.Domain.DiskError;

/// The commands that tell of a domain, its guest and its host, with virsh's names.
class FigureCommandsTest {
    private final Shell shell = new Shell();
    private FakeDomain web;

    @BeforeEach
    void addDomain() {
        web = shell.host.add("web1", 12);
    }

    private String out(String... words) {
        Shell.Result result = shell.run(words);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    @Test
    void figuresAreThoseOfTheGroupsThatWereAskedFor() {
        assertThat(out("domstats"))
                .startsWith("Domain: 'web1'\n  state.state=1\n  state.reason=1\n  cpu.time=100\n")
                .contains("  balloon.last-update=17\n", "  vcpu.1.delay=3\n", "  block.count=3\n")
                .contains("  block.0.rd.bytes=20480\n", "  block.2.name=hdc\n  block.2.capacity=1048576\n");
        assertThat(out("domstats", "web1", "--block", "--backing", "--json"))
                .startsWith("[{\"name\":\"web1\",\"figures\":{\"cpu.time\":100");
        assertThat(shell.host.calls)
                .containsExactly(
                        "web1 statistics [CPU, MEMORY, VCPU, DISKS]", "web1 statistics [DISKS, BACKING_IMAGES]");
        assertThat(shell.run("domstats", "nobody").code()).isEqualTo(1);
    }

    @Test
    void requestsOfADiskOrOfAll() {
        assertThat(out("domblkstat", "web1", "vda")).startsWith("vda rd_req 5\nvda rd_bytes 20480\nvda wr_req 3\n");
        assertThat(out("domblkstat", "web1")).startsWith(" rd_req 10\n rd_bytes 40960\n");
        assertThat(out("domblkstat", "web1", "vda", "--json"))
                .isEqualTo("{\"target\":\"vda\",\"rd_req\":5,\"rd_bytes\":20480,\"wr_req\":3,\"wr_bytes\":4096,"
                        + "\"flush_operations\":1,\"rd_total_times\":7,\"wr_total_times\":9,"
                        + "\"flush_total_times\":2}\n");
        assertThat(shell.run("domblkstat", "web1", "vdz").err()).contains("has no disk 'vdz'");
    }

    @Test
    void memoryAndErrorsOfDisks() {
        assertThat(out("dommemstat", "web1")).isEqualTo("actual 1024\nlast_update 17\n");
        assertThat(out("dommemstat", "web1", "--json")).isEqualTo("{\"actual\":1024,\"last_update\":17}\n");
        assertThat(out("domblkerror", "web1")).isEqualTo("No errors found\n");
        web.diskErrors = Map.of("vda", DiskError.NO_SPACE);
        assertThat(out("domblkerror", "web1")).isEqualTo("vda: no space\n");
        assertThat(out("domblkerror", "web1", "--json")).isEqualTo("[{\"target\":\"vda\",\"error\":\"no space\"}]\n");
    }

    @Test
    void whatTheGuestTells() {
        assertThat(out("guestinfo", "web1"))
                .startsWith("user.count          : 1\nuser.0.name         : alice\n")
                .contains("os.id               : debian\n", "fs.0.disk.0.alias   : vda\n");
        assertThat(out("guestinfo", "web1", "--os", "--hostname", "--json"))
                .contains("\"os.id\":\"debian\"", "\"user.0.login-time\":1500");
        assertThat(shell.host.calls)
                .containsExactly("web1 guestInfo []", "web1 guestInfo [OPERATING_SYSTEM, HOST_NAME]");
        assertThat(out("domhostname", "web1")).isEqualTo("shop\n");
        assertThat(out("domtime", "web1")).isEqualTo("Time: 1800000000\n");
        assertThat(out("domtime", "web1", "--json")).isEqualTo("{\"time\":\"2027-01-15T08:00:00Z\"}\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            domtime web1 --sync                       | web1 setTime Optional.empty
            domtime web1 --time 1800000000            | web1 setTime Optional[2027-01-15T08:00:00Z]
            domtime web1 --time 2027-01-15T08:00:00Z  | web1 setTime Optional[2027-01-15T08:00:00Z]
            domfstrim web1 --minimum 1MiB             | web1 trim 1048576
            qemu-agent-command web1 {}                | web1 agent {} PT10S
            qemu-agent-command web1 {} --timeout 3    | web1 agent {} PT3S
            qemu-monitor-command web1 {}              | web1 monitor {} false
            qemu-monitor-command web1 info --hmp      | web1 monitor info true
            desc web1                                 | web1 metadata Description[] CURRENT
            desc web1 --title --config                | web1 metadata Title[] CONFIG
            desc web1 do not stop --live --config     | web1 setMetadata Description[] Optional[do not stop] Optional.empty LIVE_AND_CONFIG
            metadata web1 u --remove --live           | web1 setMetadata Element[namespaceUri=u] Optional.empty Optional.empty LIVE
            metadata web1 u --key k --set <a/>        | web1 setMetadata Element[namespaceUri=u] Optional[<a/>] Optional[k] CURRENT
            domcapabilities --machine q35             | domainCapabilities [Optional.empty, Optional.empty, Optional[q35], Optional.empty]
            """)
    void ordersAreHandedOn(String line, String call) {
        out(line.split(" "));
        assertThat(shell.host.calls).containsExactly(call);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "domtime web1 --now --sync",
                "domtime web1 --time noon",
                "desc web1 --current --live",
                "metadata web1",
                "metadata web1 u --set <a/>",
                "metadata web1 u --remove --key k --set <a/>",
                "qemu-agent-command web1 {} --timeout 0"
            })
    void whatContradictsItselfIsRefused(String line) {
        assertThat(shell.run(line.split(" ")).code()).isEqualTo(2);
        assertThat(shell.host.calls).isEmpty();
    }

    @Test
    void notesAreShownAndTakenAway() {
        assertThat(out("desc", "web1")).isEqualTo("No description for domain: web1\n");
        assertThat(out("desc", "web1", "--json")).isEqualTo("{\"description\":null}\n");
        assertThat(shell.run("metadata", "web1", "u").code()).isEqualTo(1);
        web.metadata = Optional.of("<a/>");
        assertThat(out("metadata", "web1", "u")).isEqualTo("<a/>\n");
        out("desc", "web1", "");
        assertThat(shell.host.calls.getLast())
                .isEqualTo("web1 setMetadata Description[] Optional.empty Optional.empty CURRENT");
    }

    @Test
    void namesNumbersAndTheHost() {
        assertThat(out("domid", "web1")).isEqualTo("12\n");
        assertThat(out("domname", "12")).isEqualTo("web1\n");
        assertThat(out("domuuid", "web1")).isEqualTo(web.uuid() + "\n");
        shell.host.addInactive("off");
        assertThat(out("domid", "off")).isEqualTo("-\n");
        assertThat(out("domid", "off", "--json")).isEqualTo("{\"id\":null}\n");
        assertThat(out("nodeinfo")).contains("CPU model:", "x86_64", "4096 KiB");
        assertThat(out("nodeinfo", "--json")).contains("\"cores\":4");
        assertThat(out("capabilities")).isEqualTo("<capabilities/>\n");
    }
}
