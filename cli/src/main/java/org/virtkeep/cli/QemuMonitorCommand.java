package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "qemu-monitor-command",
        header = "send a command to a domain's QEMU",
        description =
                "Writes what QEMU answers, be it a refusal. What is changed in this way, virtkeep does not know of: "
                        + "it can end backups and lose checkpoints.",
        footer = {
            "virtkeep qemu-monitor-command web1 '{\"execute\":\"query-status\"}'",
            "virtkeep qemu-monitor-command web1 --hmp 'info block'"
        })
final class QemuMonitorCommand extends DomainCommand {
    @Option(names = "--cmd", paramLabel = "COMMAND", description = "the command")
    private String command;

    @Option(names = "--hmp", description = "it is one of the monitor for people; otherwise of QMP, in JSON")
    private boolean hmp;

    @Override
    Places places() {
        return Places.of("--domain", "--cmd");
    }

    @Override
    void run(Domain domain, Output output) {
        output.text(domain.monitorCommand(command, hmp));
    }
}
