package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.BackupJob;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;

final class BackupBeginCommand extends ConnectedCommand {
    private final DomainArgument domain = new DomainArgument();
    private String backupXml;
    private String checkpointXml;
    private boolean reuseExternal;
    private boolean quiesce;
    private boolean allOrNothing;
    private String fallback;
    private boolean preserve;
    private boolean idOnly;
    private boolean wait;
    private BackupRequest request;
    private Optional<CheckpointDefinition> checkpoint = Optional.empty();

    @Override
    Manual manual() {
        return Manual.of("start a backup of a domain")
                .description(
                        "Starts a backup of a domain's disks as they are at this instant, all at the same, and returns while it goes "
                                + "on. The guest goes on too. A domain that is shut off can be backed up as well, and cannot start "
                                + "meanwhile.",
                        "A push (the default) has QEMU write the backup files. A pull serves the disks over NBD to whoever comes, "
                                + "until backup-end. A <domainbackup> document chooses between them, lists disks and files, and "
                                + "makes the backup incremental to a checkpoint. Without one, all disks are pushed into new "
                                + "files beside their images.",
                        "A <domaincheckpoint> document creates a checkpoint at the same instant, so that the next backup can be "
                                + "incremental to this one.",
                        "Several backups of a domain may run at once, even of the same disk, each with an id of its own. What they "
                                + "cannot share, a file or an address, is refused with the id of the job that has it.")
                .examples(
                        "virtkeep backup-begin web1",
                        "    a full push of all disks",
                        "virtkeep backup-begin web1 push.xml checkpoint.xml --wait",
                        "    follows a push to its end, and fails if the push fails",
                        "job=$(virtkeep backup-begin web1 pull.xml --id-only)",
                        "    starts a pull and keeps its id for 'virtkeep backup-end web1 --id $job'");
    }

    @Override
    void declare(Options options) {
        domain.declare(options);
        options.text(
                "--backupxml",
                "BACKUPXML",
                "file with a <domainbackup> document, - for standard input",
                word -> backupXml = word);
        options.text(
                "--checkpointxml",
                "CHECKPOINTXML",
                "file with a <domaincheckpoint> document, - for standard input",
                word -> checkpointXml = word);
        options.flag(
                "--reuse-external", "write into files that exist, prepared by you", given -> reuseExternal = given);
        options.flag(
                "--quiesce",
                "freeze the guest's file systems for the instant, through its agent; they are always thawed",
                given -> quiesce = given);
        options.flag(
                "--all-or-nothing",
                "if a disk of a push fails, give all up; without it the others are finished and kept",
                given -> allOrNothing = given);
        options.text(
                "--fallback",
                "MODE",
                "'full': a disk that cannot be incremental, because what changed is not known, is backed up in "
                        + "full instead, and a note says so; without it the backup is refused",
                word -> fallback = word);
        options.flag(
                "--preserve-domain-on-shutdown",
                "if the guest shuts down, keep its QEMU until the backup has ended; without it the backup is "
                        + "cancelled then",
                given -> preserve = given);
        options.flag("--id-only", "write the job's id and nothing else", given -> idOnly = given);
        options.flag(
                "--wait",
                "follow a push to its end and acknowledge it; fail if it does not complete",
                given -> wait = given);
    }

    @Override
    Places places() {
        return Places.of("--domain").thenOptional("--backupxml", "--checkpointxml");
    }

    @Override
    void check() {
        if (backupXml != null && checkpointXml != null && isInput(backupXml) && isInput(checkpointXml)) {
            throw usage("standard input can be only one of BACKUPXML and CHECKPOINTXML");
        }
        if (fallback != null && !fallback.equals("full")) {
            throw usage("--fallback can be 'full', but is '%s'".formatted(fallback));
        }
        request = request();
        checkpoint = Optional.ofNullable(checkpointXml).map(this::read).map(CheckpointXml::read);
    }

    private static boolean isInput(String name) {
        return XmlInput.isStandardInput(name);
    }

    @Override
    void run(Connection connection, Output output) {
        Domain found = domain.find(connection);
        long before = connection.lastEvent();
        int id = found.backupBegin(request, checkpoint, flags());
        begun(found, id, output);
        if (wait) {
            var progress = new ProgressLine(
                    program().surroundings().err(), program().surroundings().terminal() && !output.isQuiet());
            BackupJob ended = new JobFollower(connection, found, id, progress, output).follow(before);
            PushResult.tell(found, ended, output, idOnly);
        }
    }

    private BackupRequest request() {
        BackupRequest request = Optional.ofNullable(backupXml)
                .map(this::read)
                .map(BackupXml::read)
                .orElseGet(() -> new BackupRequest.Push(Optional.empty(), List.of()));
        return switch (request) {
            case BackupRequest.Push push -> push;
            case BackupRequest.Pull _
            when wait ->
                throw usage("--wait is for a push; a pull lasts until backup-end, however far its clients are");
            case BackupRequest.Pull pull -> pull;
        };
    }

    private String read(String file) {
        return XmlInput.read(file, program().surroundings().in());
    }

    private Set<BackupBeginFlag> flags() {
        var flags = EnumSet.noneOf(BackupBeginFlag.class);
        Chosen.add(flags, reuseExternal, BackupBeginFlag.REUSE_EXTERNAL);
        Chosen.add(flags, quiesce, BackupBeginFlag.QUIESCE);
        Chosen.add(flags, allOrNothing, BackupBeginFlag.ALL_OR_NOTHING);
        Chosen.add(flags, fallback != null, BackupBeginFlag.FALLBACK_FULL);
        Chosen.add(flags, preserve, BackupBeginFlag.PRESERVE_SHUTDOWN);
        return flags;
    }

    private void begun(Domain found, int id, Output output) {
        if (idOnly) {
            output.text(Integer.toString(id));
        } else if (!output.isJson() || !wait) {
            output.done(
                    "Backup job %d of domain '%s' started".formatted(id, found.name()),
                    new JsonObject().put("domain", found.name()).put("id", id));
        }
        if (fallback != null) {
            JobView.fallbacks(found.backupJob(id)).forEach(output::note);
        }
        output.flush(); // the id is known to the caller before anything else can go wrong
        if (request instanceof BackupRequest.Pull && !idOnly && !output.isJson() && !output.isQuiet()) {
            output.text(JobReport.exports(found.backupJob(id)));
        }
    }
}
