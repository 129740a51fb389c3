package org.virtkeep.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// A program that uses Debian's python3-libvirt: `python/client.py`.
@Tag("interop")
class PythonLibvirtIT {
    private static final String PYTHON = "/usr/bin/python3"; // Debian's own, which has Debian's packages

    @TempDir
    private Path dir;

    @Test
    void callsAndEventsAreWhatTheBindingExpects() throws Exception {
        if (Tool.attempt(PYTHON, "-c", "import libvirt").exitCode() != 0) {
            Tools.miss("python3-libvirt is not installed; scripts/packages installs what tests need");
        }
        Images.qcow2(dir.resolve("vda.qcow2"), "16M");
        Requests requests = new Requests(dir);
        requests.domain("firmware"); // writes hlt.bin
        Path script = dir.resolve("client.py");
        try (var source = PythonLibvirtIT.class.getResourceAsStream("/python/client.py");
                Virtkeepd daemon = Virtkeepd.start(dir)) {
            Files.writeString(script, new String(source.readAllBytes(), UTF_8));
            String output = Tool.run(
                    List.of(PYTHON, script.toString(), "qemu:///system?socket=" + daemon.socket(), dir.toString()));
            assertThat(output).endsWith("right: all");
        }
    }
}
