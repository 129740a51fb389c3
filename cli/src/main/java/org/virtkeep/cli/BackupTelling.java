package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.List;
import org.virtkeep.api.RepositoryBackupListener;
import org.virtkeep.api.RepositoryBackupOutcome;

/// Tells people how backups go, while they go, and keeps how they ended. Confined to one thread.
final class BackupTelling implements RepositoryBackupListener {
    private final TransferLine line;
    private final Output output;
    private final boolean alone;
    private final List<RepositoryBackupOutcome> outcomes = new ArrayList<>();

    /// @param alone true if there is one domain: then its failure is that of the command
    BackupTelling(TransferLine line, Output output, boolean alone) {
        this.line = line;
        this.output = output;
        this.alone = alone;
    }

    /// In the order in which they were told.
    List<RepositoryBackupOutcome> outcomes() {
        return outcomes;
    }

    @Override
    public void progress(long done, long total) {
        line.show(done, total, System.nanoTime());
    }

    @Override
    public void note(String text) {
        line.clear();
        output.note(text);
    }

    @Override
    public void ended(RepositoryBackupOutcome outcome) {
        outcomes.add(outcome);
        line.clear();
        if (outcome.failure().isPresent()) {
            if (!output.isJson() && !alone) {
                output.complain(new BackupOutcome(outcome).text());
            }
        } else if (!output.isJson() && !output.isQuiet()) {
            output.text(new BackupOutcome(outcome).text());
            output.flush();
        }
    }
}
