package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/// The command above all others: it holds the options that every command takes, before or after its name.
final class Virtkeep implements Runnable {
    private static final Manual MANUAL = Manual.of("back up QEMU/KVM virtual machines while they run")
            .description(
                    "Runs one command on the domains of a host. The commands have the names and options that virsh gives them.",
                    "Without --connect, the URI is taken from the environment variable VIRTKEEP_URI. If that is not set, "
                            + "virtkeepd is asked if it runs: the machine's for root, otherwise the user's own. If it does not, "
                            + "the domains are those of the embedded driver on the state directory of the user: "
                            + "/var/lib/virtkeep for root, otherwise virtkeep in $XDG_STATE_HOME or ~/.local/state.",
                    "A URI is qemu:///embed?root=DIR, virtkeep:///system or virtkeep:///session for virtkeepd, or one of "
                            + "libvirt's for its daemons: qemu:///system, qemu:///session, qemu+tls://HOST/system, "
                            + "qemu+ssh://USER@HOST/system; each may have ?socket=PATH.")
            .examples(
                    "virtkeep list --all",
                    "    shows every domain of this user",
                    "virtkeep attach web1 --qmp /run/qemu/web1.sock",
                    "    makes a QEMU that runs already known as the domain web1",
                    "virtkeep backup web1 --repo /backup",
                    "    keeps web1 in a repository; tomorrow only what has changed is read",
                    "virtkeep backup-begin web1 full.xml checkpoint.xml --wait",
                    "    backs web1 up, and records from now on what changes",
                    "virtkeep help backup-begin",
                    "    tells all about one command");

    private final Surroundings surroundings;
    private CommandSpec spec;
    private String uri;
    private boolean json;
    private boolean quiet;
    private boolean debug;

    Virtkeep(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /// The program as the parser knows it, to be made once.
    CommandSpec describe() {
        spec = CommandSpec.wrapWithoutInspection(this).name("virtkeep").versionProvider(new Version());
        MANUAL.addTo(spec);
        declare(new Options(spec));
        return spec;
    }

    private void declare(Options options) {
        options.<String>add(
                global("-c", "--connect")
                        .type(String.class)
                        .paramLabel("URI")
                        .description("the host to connect to, such as qemu:///system"),
                word -> uri = word);
        options.<Boolean>add(
                global("--json")
                        .description("write one line of JSON instead of text, also for notes and errors (on standard "
                                + "error); sizes are in bytes, times in ISO 8601"),
                given -> json = given);
        options.<Boolean>add(
                global("-q", "--quiet")
                        .description("leave out what is only there for people: confirmations, table heads, progress"),
                given -> quiet = given);
        options.<Boolean>add(
                global("--debug").description("log everything to standard error, and show where errors come from"),
                given -> debug = given);
        options.<Boolean>add(
                global("-h", "--help").usageHelp(true).description("show the help of the command"), _ -> {});
        options.<Boolean>add(
                OptionSpec.builder("-V", "--version")
                        .type(boolean.class)
                        .versionHelp(true)
                        .description("show the version"),
                _ -> {});
    }

    /// One that every command takes, before or after its name; without a value, if nothing else is said.
    private static OptionSpec.Builder global(String... names) {
        return OptionSpec.builder(names).type(boolean.class).scopeType(ScopeType.INHERIT);
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
