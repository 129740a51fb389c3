package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import org.virtkeep.api.GuestFileSystem;

final class DomFsInfoCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("list the guest's file systems")
                .description(
                        "Asks the agent in the guest which file systems are mounted. A disk is named only where it is "
                                + "certain which one it is.")
                .examples("virtkeep domfsinfo web1");
    }

    @Override
    void run(Domain domain, Output output) {
        if (output.isJson()) {
            output.json(domain.guestFileSystems().stream()
                    .map(DomFsInfoCommand::json)
                    .toList());
            return;
        }
        var table = new Table("Mountpoint", "Name", "Type", "Target");
        for (GuestFileSystem system : domain.guestFileSystems()) {
            table.row(
                    system.mountPoint(),
                    system.name(),
                    system.type(),
                    system.disks().isEmpty() ? "-" : String.join(",", system.disks()));
        }
        output.table(table);
    }

    private static JsonObject json(GuestFileSystem system) {
        return new JsonObject()
                .put("mountPoint", system.mountPoint())
                .put("name", system.name())
                .put("type", system.type())
                .put("target", String.join(",", system.disks()));
    }
}
