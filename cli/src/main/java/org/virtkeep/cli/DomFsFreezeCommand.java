package org.virtkeep.cli;

import java.util.List;
import org.virtkeep.api.Domain;

final class DomFsFreezeCommand extends DomainCommand {
    private List<String> mountPoints = List.of();

    @Override
    Manual manual() {
        return Manual.of("freeze the guest's file systems")
                .description(
                        "Has the agent in the guest write out and freeze its file systems. They stay frozen, and the "
                                + "guest's writes wait, until domfsthaw: backups that are to freeze a guest do so themselves, with "
                                + "--quiesce, and always thaw it.")
                .examples("virtkeep domfsfreeze web1; virtkeep domfsthaw web1");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.texts("--mountpoint", "PATH", "only this one; may be repeated", words -> mountPoints = words);
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        int count = domain.freezeFileSystems(mountPoints);
        output.done(
                "Froze %d file systems of domain '%s'".formatted(count, name),
                new JsonObject().put("domain", name).put("fileSystems", count));
    }
}
