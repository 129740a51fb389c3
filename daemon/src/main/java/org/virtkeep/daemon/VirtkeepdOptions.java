package org.virtkeep.daemon;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Options of `virtkeepd`, and its help. The parser is told of each: to find annotations takes it longer than all the
/// rest of the daemon's start.
final class VirtkeepdOptions {
    private static final int WIDTH = 100;

    private static final String[] DESCRIPTION = {
        "Serves the virtual machines of one root to libvirt's clients - virsh, python-libvirt, libvirt-java,"
                + " virtnbdbackup - and to virtkeep.",
        "",
        "It stays in the foreground, prints one line when it answers, and ends at SIGTERM. Virtual machines and"
                + " running backups go on without it, and it finds them again at its next start.",
        ""
    };

    private static final String[] FOOTER = {
        "",
        "Signals:",
        "  SIGTERM, SIGINT   let clients go, and end",
        "  SIGHUP            read the configuration and the certificates again",
        "",
        "Files:",
        "  /etc/virtkeep/virtkeepd.conf          configuration, if the superuser runs it and it is there",
        "  ~/.config/virtkeep/virtkeepd.conf     the same for others",
        "  /run/virtkeep/virtkeep-sock           where virtkeep looks for the superuser's daemon",
        "",
        "Examples:",
        "  virtkeepd --root /var/lib/virtkeep --socket /run/virtkeep/virtkeep-sock",
        "  virsh -c 'qemu:///system?socket=/run/virtkeep/virtkeep-sock' list --all",
        "  virtnbdbackup -U 'qemu:///system?socket=/run/virtkeep/virtkeep-sock' -d web1 -l full -o /backup/web1",
        "",
        "Exit codes: 0 it was told to end, 1 it could not begin, 2 wrong options or configuration."
    };

    private final OptionSpec root =
            path("--root", "DIR", "Where all state is kept: definitions, checkpoints, jobs. Setting 'root'.");
    private final OptionSpec socket = path("--socket", "PATH", "Where clients connect. Setting 'socket'.");
    private final OptionSpec readOnlySocket =
            path("--socket-ro", "PATH", "Where clients connect that may look and change nothing. Setting 'socket-ro'.");
    private final OptionSpec config =
            path("--config", "FILE", "Configuration: NAME = VALUE lines, see docs/daemon.md. Options win over it.");
    private final OptionSpec checkConfig = flag("--check-config")
            .description("Say what is wrong with the configuration, with file and line, and end.")
            .build();
    private final OptionSpec help =
            flag("-h", "--help").usageHelp(true).description("Show this help.").build();

    /// @param program called when the options have been read
    CommandLine parserFor(Callable<Integer> program) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(program).name("virtkeepd");
        List.of(root, socket, readOnlySocket, config, checkConfig, help).forEach(spec::addOption);
        spec.usageMessage().description(DESCRIPTION).footer(FOOTER).width(WIDTH);
        return new CommandLine(spec);
    }

    private static OptionSpec path(String name, String label, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .description(description)
                .type(Path.class)
                .converters(Path::of)
                .build();
    }

    private static OptionSpec.Builder flag(String... names) {
        return OptionSpec.builder(names).type(boolean.class);
    }

    Optional<Path> root() {
        return given(root);
    }

    Optional<Path> socket() {
        return given(socket);
    }

    Optional<Path> readOnlySocket() {
        return given(readOnlySocket);
    }

    Optional<Path> config() {
        return given(config);
    }

    boolean checkConfig() {
        return Boolean.TRUE.equals(checkConfig.getValue());
    }

    private static Optional<Path> given(OptionSpec option) {
        Path path = option.getValue();
        return Optional.ofNullable(path).map(Path::toAbsolutePath);
    }
}
