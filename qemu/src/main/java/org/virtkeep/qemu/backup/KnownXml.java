package org.virtkeep.qemu.backup;

import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.qemu.session.KnownTexts;

/// The XML in records of jobs and checkpoints, of which each operation reads some several times. Thread-safe.
final class KnownXml {
    private static final KnownTexts<BackupRequest> REQUESTS = new KnownTexts<>(BackupXml::read);
    private static final KnownTexts<CheckpointDefinition> CHECKPOINTS = new KnownTexts<>(CheckpointXml::read);

    private KnownXml() {}

    /// What a job was asked for.
    static BackupRequest request(JobRecord job) {
        return REQUESTS.read(job.request());
    }

    /// As [CheckpointXml#read].
    static CheckpointDefinition checkpoint(String xml) {
        return CHECKPOINTS.read(xml);
    }
}
