package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.virtkeep.qemu.state.Json;

/// How far a pull's clients have come, in a file for others to read ([JobStore#progressFile]). Thread-safe.
final class PublishedProgress {
    private final JobStore jobs;
    private final int id;

    // Guarded by this.
    private String published = "";
    private boolean over;

    /// @param id of the job
    PublishedProgress(JobStore jobs, int id) {
        this.jobs = jobs;
        this.id = id;
    }

    /// Writes the file if anything has changed.
    synchronized void publish(FrontEnd server) {
        byte[] now = Json.bytes(server.progress());
        var text = new String(now, StandardCharsets.UTF_8);
        if (over || text.equals(published)) {
            return;
        }
        try {
            Path staged = jobs.stagedProgressFile(id);
            Files.write(staged, now);
            Files.move(staged, jobs.progressFile(id), StandardCopyOption.ATOMIC_MOVE);
            published = text;
        } catch (IOException e) {
            System.err.println("progress cannot be published: " + e.getMessage());
        }
    }

    /// Writes nothing more: the file may be deleted.
    synchronized void stop() {
        over = true;
    }
}
