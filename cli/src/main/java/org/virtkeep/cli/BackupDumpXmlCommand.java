package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class BackupDumpXmlCommand extends JobCommand {

    @Override
    Manual manual() {
        return Manual.of("write a backup job's XML")
                .description(
                        "Writes the <domainbackup> document of a job with all that was chosen for it: disks, files, "
                                + "export names, and the port where a pull is served. It may be used for backup-begin again.")
                .examples(
                        "virtkeep backup-dumpxml web1",
                        "    the job that runs",
                        "virtkeep backup-dumpxml web1 --id 7",
                        "    job 7, also after it has ended");
    }

    @Override
    void run(Domain domain, Output output) {
        output.xml(domain.backupXml(id()));
    }
}
