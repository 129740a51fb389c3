package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class QemuMonitorCommand extends DomainCommand {
    private String command;
    private boolean hmp;

    @Override
    Manual manual() {
        return Manual.of("send a command to a domain's QEMU")
                .description(
                        "Writes what QEMU answers, be it a refusal. What is changed in this way, virtkeep does not know of: "
                                + "it can end backups and lose checkpoints.")
                .examples(
                        "virtkeep qemu-monitor-command web1 '{\"execute\":\"query-status\"}'",
                        "virtkeep qemu-monitor-command web1 --hmp 'info block'");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--cmd", "COMMAND", "the command", word -> command = word);
        options.flag("--hmp", "it is one of the monitor for people; otherwise of QMP, in JSON", given -> hmp = given);
    }

    @Override
    Places places() {
        return Places.of("--domain", "--cmd");
    }

    @Override
    void run(Domain domain, Output output) {
        output.text(domain.monitorCommand(command, hmp));
    }
}
