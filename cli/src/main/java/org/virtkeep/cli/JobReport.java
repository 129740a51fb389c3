package org.virtkeep.cli;

import org.virtkeep.api.BackupJob;

/// What `domjobinfo` tells people: virsh's lines first, then what virsh does not know, then the disks.
final class JobReport {
    private JobReport() {}

    static String text(BackupJob job) {
        return facts(job).render() + "\n" + disks(job).render(true);
    }

    private static Facts facts(BackupJob job) {
        var facts = new Facts()
                .add("Job type", JobView.libvirtTypeName(job.state()))
                .add("Operation", "Backup")
                .add("Time elapsed", job.elapsed().toMillis() + " ms")
                .add(job.push() ? "File processed" : "Data served", Humane.size(job.processed()))
                .add(job.push() ? "File remaining" : "Data remaining", Humane.size(JobView.remaining(job)))
                .add(job.push() ? "File total" : "Data total", Humane.size(job.total()));
        if (job.tempTotal() > 0) {
            facts.add("Temporary disk space used", Humane.size(job.tempUsed()))
                    .add("Temporary disk space total", Humane.size(job.tempTotal()));
        }
        facts.add("Job id", Integer.toString(job.id()))
                .add("Mode", JobView.mode(job))
                .add("Started", Humane.time(job.started()));
        job.ended().ifPresent(ended -> facts.add("Ended", Humane.time(ended)));
        job.checkpoint().ifPresent(checkpoint -> facts.add("Checkpoint", checkpoint));
        job.clients().ifPresent(clients -> facts.add("NBD clients", Integer.toString(clients)));
        JobView.reason(job).ifPresent(reason -> facts.add("Error message", reason));
        JobView.fallbacks(job).forEach(fallback -> facts.add("Fallback", fallback));
        return facts;
    }

    private static Table disks(BackupJob job) {
        var table = new Table(
                "Disk", "State", "Mode", "Processed", "Total", "Elapsed", job.push() ? "File" : "Export", "Error");
        for (BackupJob.Disk disk : job.disks()) {
            table.row(
                    disk.name(),
                    JobView.word(disk.state()),
                    disk.incremental()
                            .map(since -> disk.mode().xml() + " since " + since)
                            .orElse(disk.mode().xml()),
                    Humane.size(disk.processed()),
                    Humane.size(disk.total()),
                    Humane.duration(job.elapsed(disk)),
                    (job.push() ? disk.path() : disk.exportName()).orElse("-"),
                    disk.error().orElse("-"));
        }
        return table;
    }

    /// Where a pull is served: a line for each disk with its URI, and with the name of the context that tells what
    /// changed.
    static String exports(BackupJob job) {
        var text = new StringBuilder();
        for (BackupJob.Disk disk : job.disks()) {
            NbdUri.of(job, disk).ifPresent(uri -> text.append(export(disk, uri)));
        }
        return text.toString();
    }

    private static String export(BackupJob.Disk disk, String uri) {
        String context = disk.exportBitmap()
                .map(name -> ", changes in qemu:dirty-bitmap:" + name)
                .orElse("");
        return "    %s: %s%s\n".formatted(disk.name(), uri, context);
    }
}
