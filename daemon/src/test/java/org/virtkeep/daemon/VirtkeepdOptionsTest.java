package org.virtkeep.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class VirtkeepdOptionsTest {
    private final VirtkeepdOptions options = new VirtkeepdOptions();
    private final AtomicInteger calls = new AtomicInteger();
    private final CommandLine line = options.parserFor(calls::incrementAndGet);

    @Test
    void nothingIsSetUnlessItIsGiven() {
        line.execute();
        assertThat(calls).hasValue(1);
        assertThat(options.root()).isEmpty();
        assertThat(options.socket()).isEmpty();
        assertThat(options.readOnlySocket()).isEmpty();
        assertThat(options.config()).isEmpty();
        assertThat(options.checkConfig()).isFalse();
    }

    @Test
    void pathsAreThoseOfTheWorkingFolder() {
        line.execute("--root", "state", "--socket=/s", "--socket-ro", "/ro", "--config", "c", "--check-config");
        assertThat(options.root()).contains(Path.of("state").toAbsolutePath());
        assertThat(options.socket()).contains(Path.of("/s"));
        assertThat(options.readOnlySocket()).contains(Path.of("/ro"));
        assertThat(options.config()).contains(Path.of("c").toAbsolutePath());
        assertThat(options.checkConfig()).isTrue();
    }

    @Test
    void whatIsNoOptionIsRefused() {
        var told = new StringWriter();
        line.setErr(new PrintWriter(told));
        assertThat(line.execute("--rot", "/s")).isEqualTo(2);
        assertThat(line.execute("--root")).isEqualTo(2);
        assertThat(calls).hasValue(0);
        assertThat(told.toString()).contains("Unknown option", "Missing required parameter for option '--root' (DIR)");
    }

    @Test
    void theHelpTellsAllOptions() {
        var told = new StringWriter();
        line.setOut(new PrintWriter(told));
        assertThat(line.execute("--help")).isZero();
        assertThat(calls).hasValue(0);
        assertThat(told.toString())
                .startsWith("Usage: virtkeepd [-h] [--check-config] [--config=FILE] [--root=DIR] [--socket=PATH]")
                .contains("--socket-ro=PATH", "Signals:", "virtkeepd --root /var/lib/virtkeep");
    }
}
