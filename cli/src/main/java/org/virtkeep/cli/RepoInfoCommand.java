package org.virtkeep.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.BackupList;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.SessionInfo;

final class RepoInfoCommand extends RepoCommand {

    @Override
    Manual manual() {
        return Manual.of("tell the main facts about a repository")
                .description(
                        "Writes what was decided when the repository was created, how much it holds, and which sessions "
                                + "(backups, restores, prunes) use it now.")
                .examples("virtkeep repo info /backup", "virtkeep repo info /backup --json | jq .packBytes");
    }

    @Override
    void run(Repository repository, Output output) throws IOException {
        BackupList backups = repository.list();
        Repository.Usage usage = repository.usage();
        List<SessionInfo> sessions = repository.sessions();
        if (output.isJson()) {
            output.json(json(repository, backups, usage)
                    .put("held", repository.holds().size())
                    .put(
                            "sessions",
                            sessions.stream().map(RepoInfoCommand::json).toList()));
            return;
        }
        output.text(new Facts()
                .add("Id", repository.id().toString())
                .add("Created", Humane.time(repository.created()))
                .add("Chunk size", Humane.size(repository.chunkSizeBytes()))
                .add("Encrypted", repository.encrypted() ? "yes" : "no")
                .add("Domains", Integer.toString(domains(backups)))
                .add("Backups", count(backups))
                .add("Held", Integer.toString(repository.holds().size()))
                .add("Disks in them", Humane.size(diskBytes(backups)))
                .add(
                        "Stored",
                        "%s in %s".formatted(Humane.size(usage.packBytes()), Humane.count(usage.packs(), "pack")))
                .add("Sessions", sessions.isEmpty() ? "none" : Integer.toString(sessions.size()))
                .render());
        sessions.forEach(session -> output.text("    " + words(session)));
    }

    private static JsonObject json(Repository repository, BackupList backups, Repository.Usage usage) {
        return new JsonObject()
                .put("id", repository.id().toString())
                .put("created", repository.created())
                .put("chunkSizeBytes", repository.chunkSizeBytes())
                .put("encrypted", repository.encrypted())
                .put("domains", domains(backups))
                .put("backups", backups.backups().size())
                .put("unreadableBackups", backups.unreadable().size())
                .put("diskBytes", diskBytes(backups))
                .put("packs", usage.packs())
                .put("packBytes", usage.packBytes());
    }

    private static JsonObject json(SessionInfo session) {
        return new JsonObject()
                .put("session", session.id())
                .put("purpose", session.purpose())
                .put("owner", session.owner())
                .put("began", session.began())
                .put("renewed", session.renewed());
    }

    private static String words(SessionInfo session) {
        return "%s by %s since %s, heard of %s ago"
                .formatted(
                        session.purpose(),
                        session.owner(),
                        Humane.time(session.began()),
                        Humane.duration(Duration.between(session.renewed(), Instant.now())));
    }

    private static String count(BackupList backups) {
        int unreadable = backups.unreadable().size();
        String readable = Integer.toString(backups.backups().size());
        return unreadable == 0 ? readable : "%s, and %d with damaged manifests".formatted(readable, unreadable);
    }

    private static int domains(BackupList backups) {
        return backups.backups().stream()
                .map(BackupInfo::domain)
                .collect(Collectors.toSet())
                .size();
    }

    private static long diskBytes(BackupList backups) {
        return backups.backups().stream()
                .flatMap(backup -> backup.disks().stream())
                .mapToLong(disk -> disk.sizeBytes())
                .sum();
    }
}
