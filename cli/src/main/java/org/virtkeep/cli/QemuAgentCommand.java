package org.virtkeep.cli;

import java.time.Duration;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "qemu-agent-command",
        header = "send a command to a guest's agent",
        description = "Writes what the agent answers, as it answers it.",
        footer = {"virtkeep qemu-agent-command web1 '{\"execute\":\"guest-info\"}'"})
final class QemuAgentCommand extends DomainCommand {
    private static final Duration USUAL_LIMIT = Duration.ofSeconds(10);

    @Option(names = "--cmd", paramLabel = "COMMAND", description = "the command, in JSON")
    private String command;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "wait at most that long; otherwise 10 seconds")
    private Integer seconds;

    @Override
    Places places() {
        return Places.of("--domain", "--cmd");
    }

    @Override
    void check() {
        if (seconds != null && seconds <= 0) {
            throw usage("--timeout is at least 1");
        }
    }

    @Override
    void run(Domain domain, Output output) {
        output.text(domain.agentCommand(command, seconds == null ? USUAL_LIMIT : Duration.ofSeconds(seconds)));
    }
}
