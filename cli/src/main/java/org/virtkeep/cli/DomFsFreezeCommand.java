package org.virtkeep.cli;

import java.util.List;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "domfsfreeze",
        header = "freeze the guest's file systems",
        description = "Has the agent in the guest write out and freeze its file systems. They stay frozen, and the "
                + "guest's writes wait, until domfsthaw: backups that are to freeze a guest do so themselves, with "
                + "--quiesce, and always thaw it.",
        footer = {"virtkeep domfsfreeze web1; virtkeep domfsthaw web1"})
final class DomFsFreezeCommand extends DomainCommand {
    @Option(names = "--mountpoint", paramLabel = "PATH", description = "only this one; may be repeated")
    private List<String> mountPoints = List.of();

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        int count = domain.freezeFileSystems(mountPoints);
        output.done(
                "Froze %d file systems of domain '%s'".formatted(count, name),
                new JsonObject().put("domain", name).put("fileSystems", count));
    }
}
