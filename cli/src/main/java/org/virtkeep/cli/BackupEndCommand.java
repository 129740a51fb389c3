package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupEndFlag;

final class BackupEndCommand extends JobCommand {
    private boolean abort;

    @Override
    Manual manual() {
        return Manual.of("end a backup job")
                .description(
                        "Ends a pull when its client has read what it wanted: the disks are no longer served and the scratch "
                                + "images are removed.",
                        "Acknowledges a push that has finished, and fails if the push failed. A push that still copies is refused, "
                                + "unless --abort is given; then its files are not usable.")
                .examples(
                        "virtkeep backup-end web1",
                        "    ends the pull that runs, or takes note of the push that has finished",
                        "virtkeep backup-end web1 --id 7 --abort",
                        "    stops job 7, be it done or not");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--abort", "also end a push that still copies", given -> abort = given);
    }

    @Override
    void run(Domain domain, Output output) {
        end(domain, id(), abort ? Set.of(BackupEndFlag.ABORT) : Set.of(), output);
    }

    static void end(Domain domain, int id, Set<BackupEndFlag> flags, Output output) {
        Domain.BackupEnd end = domain.backupEnd(id, flags);
        String which = id == 0 ? "Backup job" : "Backup job " + id;
        String result = switch (end) {
            case COMPLETED -> "completed";
            case ABORTED -> "aborted";
        };
        var json = new JsonObject().put("domain", domain.name());
        (id == 0 ? json.putNull("id") : json.put("id", id))
                .put("result", result)
                .put("resultCode", end.wireValue());
        output.done("%s of domain '%s' %s".formatted(which, domain.name(), result), json);
    }
}
