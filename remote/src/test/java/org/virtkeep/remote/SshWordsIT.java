package org.virtkeep.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.testkit.ChildProcess;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// virsh and we give ssh the same options, and what runs on the other host starts the same program with the same
/// arguments. In ssh's place there is a script that tells its options and runs what it is given, among programs that
/// tell their arguments.
@Tag("interop")
class SshWordsIT {
    @TempDir
    private Path dir;

    @BeforeEach
    void makesPrograms() throws IOException {
        Tools.require("virsh");
        program("ssh", """
                while [ "$1" != -- ]; do echo "option $1" >>'%1$s/told'; shift; done
                echo "host $2" >>'%1$s/told'
                export PATH='%1$s/there':/usr/bin:/bin
                exec sh -c "$3"
                """.formatted(dir));
        Files.createDirectory(dir.resolve("there"));
        for (String name : List.of("virt-ssh-helper", "nc", "other nc")) {
            program("there/" + name, """
                    [ "$1" = -q ] && echo 'option requires an argument' && exit 1
                    echo "$(basename "$0") $*" >>'%s/told'
                    """.formatted(dir));
        }
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(dir.resolve(name), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qemu+ssh://h/system?x=y",
                "qemu+ssh://[::1]/system?no_tty=1",
                "qemu+ssh://u@h:22/session?proxy=native",
                "qemu+ssh://h/system?proxy=netcat",
                "qemu+ssh://h/system?socket=/run/other",
                "qemu+ssh://h/system?socket=/x&proxy=native",
                "qemu+ssh://h/system?mode=legacy",
                "qemu+ssh://h/system?keyfile=/k&no_tty=1&no_verify=1",
                "qemu+ssh://h/system?no_tty=0&no_verify=0",
                "qemu+ssh://h/system?netcat=other%20nc&proxy=netcat",
                "qemu+ssh://h/system?name=qemu:///session",
                "qemu+ssh://h/system?sshauth=agent&foo=bar"
            })
    void areThoseOfVirsh(String uri) throws IOException {
        String whole = uri + "&command=" + dir.resolve("ssh");
        Tool.attempt(List.of("virsh", "-c", whole, "list"));
        List<String> byVirsh = told();
        RemoteUri parsed = RemoteUri.parse(URI.create(whole));
        SshDialer dialer = (SshDialer) Dialers.of(parsed, Map.of(), false);
        try (var ours = ChildProcess.start("ours", dialer.command())) {
            ours.awaitExit(Duration.ofSeconds(30));
        }
        assertThat(told()).isNotEmpty().isEqualTo(byVirsh);
    }

    private List<String> told() throws IOException {
        Path file = dir.resolve("told");
        List<String> lines = Files.readAllLines(file).stream()
                .map(line -> line.replace("/var/run/", "/run/"))
                .toList();
        Files.delete(file);
        return lines;
    }
}
