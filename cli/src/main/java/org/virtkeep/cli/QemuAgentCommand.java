package org.virtkeep.cli;

import java.time.Duration;
import org.virtkeep.api.Domain;

final class QemuAgentCommand extends DomainCommand {
    private static final Duration USUAL_LIMIT = Duration.ofSeconds(10);

    private String command;
    private Integer seconds;

    @Override
    Manual manual() {
        return Manual.of("send a command to a guest's agent")
                .description("Writes what the agent answers, as it answers it.")
                .examples("virtkeep qemu-agent-command web1 '{\"execute\":\"guest-info\"}'");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--cmd", "COMMAND", "the command, in JSON", word -> command = word);
        options.number(
                "--timeout", "SECONDS", "wait at most that long; otherwise 10 seconds", number -> seconds = number);
    }

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
