package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command above all others: it holds the options that every command takes, before or after its name.
@Command(
        name = "virtkeep",
        versionProvider = Version.class,
        header = "back up QEMU/KVM virtual machines while they run",
        description = {
            "Runs one command on the domains of a host. The commands have the names and options that virsh gives them.",
            "Without --connect, the URI is taken from the environment variable VIRTKEEP_URI. If that is not set, "
                    + "virtkeepd is asked if it runs: the machine's for root, otherwise the user's own. If it does not, "
                    + "the domains are those of the embedded driver on the state directory of the user: "
                    + "/var/lib/virtkeep for root, otherwise virtkeep in $XDG_STATE_HOME or ~/.local/state.",
            "A URI is qemu:///embed?root=DIR, virtkeep:///system or virtkeep:///session for virtkeepd, or one of "
                    + "libvirt's for its daemons: qemu:///system, qemu:///session, qemu+tls://HOST/system, "
                    + "qemu+ssh://USER@HOST/system; each may have ?socket=PATH."
        },
        footer = {
            "virtkeep list --all",
            "    shows every domain of this user",
            "virtkeep attach web1 --qmp /run/qemu/web1.sock",
            "    makes a QEMU that runs already known as the domain web1",
            "virtkeep backup web1 --repo /backup",
            "    keeps web1 in a repository; tomorrow only what has changed is read",
            "virtkeep backup-begin web1 full.xml checkpoint.xml --wait",
            "    backs web1 up, and records from now on what changes",
            "virtkeep help backup-begin",
            "    tells all about one command"
        })
final class Virtkeep implements Runnable {
    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-c", "--connect"},
            paramLabel = "URI",
            scope = ScopeType.INHERIT,
            description = "the host to connect to, such as qemu:///system")
    private String uri;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "write one line of JSON instead of text, also for notes and errors (on standard error); "
                    + "sizes are in bytes, times in ISO 8601")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "leave out what is only there for people: confirmations, table heads, progress")
    private boolean quiet;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "log everything to standard error, and show where errors come from")
    private boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "show the help of the command")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "show the version")
    private boolean version;

    Virtkeep(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /// Reached only if there is no command among the arguments.
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Output output() {
        return new Output(surroundings, json, quiet);
    }

    /// Before anything logs.
    void prepareLog() {
        CommandLog.prepare(debug);
    }

    /// Opens the connection that was asked for; the caller closes it.
    Connection connect() {
        return surroundings.connector().apply(uri == null ? defaultUri() : uri);
    }

    private String defaultUri() {
        return DefaultUri.find(
                surroundings.environment(), surroundings.superuser(), surroundings.home(), DefaultUri::listens);
    }
}
