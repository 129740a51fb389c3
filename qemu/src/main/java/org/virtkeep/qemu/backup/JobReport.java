package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.api.BackupJob;
import org.virtkeep.model.BackupDisk;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.BackupRequest;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.qemu.state.Durable;

/// Shows a [JobRecord] as the API's [BackupJob]. Stateless.
final class JobReport {
    private JobReport() {}

    /// @param progress what the keeper of a running pull published last
    static BackupJob of(JobRecord job, Optional<Progress> progress) {
        BackupRequest request = KnownXml.request(job);
        Map<String, BackupDisk> requested =
                request.disks().stream().collect(Collectors.toMap(BackupDisk::name, Function.identity()));
        var disks = new ArrayList<BackupJob.Disk>();
        for (int i = 0; i < job.disks().size(); i++) {
            DiskRecord disk = job.disks().get(i);
            int position = i;
            long processed = progress.flatMap(now -> now.read(position)).orElse(disk.processed());
            disks.add(disk(disk, requested.get(disk.name()), processed, job.push()));
        }
        Instant until = job.ended().orElseGet(Instant::now);
        return new BackupJob(
                job.id(),
                job.push(),
                job.state(),
                job.error(),
                job.started(),
                job.ended(),
                Duration.between(job.started(), until),
                job.checkpoint(),
                server(request),
                progress.map(now -> OptionalInt.of(now.clients())).orElse(OptionalInt.empty()),
                job.acknowledged(),
                disks);
    }

    private static Optional<NbdAddress> server(BackupRequest request) {
        return request instanceof BackupRequest.Pull pull ? Optional.of(pull.server()) : Optional.empty();
    }

    private static BackupJob.Disk disk(DiskRecord disk, BackupDisk requested, long processed, boolean push) {
        boolean hasFile = !disk.path().isEmpty();
        return new BackupJob.Disk(
                disk.name(),
                disk.state(),
                disk.error(),
                disk.mode(),
                disk.since(),
                disk.total(),
                processed,
                disk.tempUsed(),
                disk.usesScratch(push) ? disk.size() : 0,
                push ? Optional.empty() : requested.exportName(),
                push || disk.mode() == BackupMode.FULL ? Optional.empty() : requested.exportBitmap(),
                Optional.of(disk.format()).filter(_ -> hasFile),
                Optional.of(disk.path()).filter(_ -> hasFile),
                disk.ended(),
                disk.fallback());
    }

    /// What a pull's keeper publishes, with what its direct reader does.
    ///
    /// @param read bytes read per disk, in the order of the job's disks
    record Progress(int clients, List<Long> read) {
        Progress {
            read = List.copyOf(read);
        }

        Optional<Long> read(int position) {
            return position < read.size() ? Optional.of(read.get(position)) : Optional.empty();
        }

        /// Empty if nothing was published, or half of it.
        static Optional<Progress> read(JobStore jobs, int id) {
            Optional<Progress> served = published(jobs, id);
            return DirectReader.find(jobs, id)
                    .map(reader -> served.orElse(new Progress(0, List.of())).and(reader.read()))
                    .or(() -> served);
        }

        private static Optional<Progress> published(JobStore jobs, int id) {
            try {
                Optional<JsonNode> node = Durable.readJson(jobs.progressFile(id));
                return node.map(published -> {
                    var read = new ArrayList<Long>();
                    published.path("read").forEach(bytes -> read.add(bytes.asLong()));
                    return new Progress(published.path("clients").asInt(), read);
                });
            } catch (IOException _) {
                return Optional.empty();
            }
        }

        /// With what was read past the keeper.
        private Progress and(List<Long> direct) {
            var all = new ArrayList<Long>();
            for (int i = 0; i < Math.max(read.size(), direct.size()); i++) {
                all.add((i < read.size() ? read.get(i) : 0) + (i < direct.size() ? direct.get(i) : 0));
            }
            return new Progress(clients, all);
        }
    }
}
