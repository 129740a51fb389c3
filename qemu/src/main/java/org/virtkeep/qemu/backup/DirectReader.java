package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qemu.state.Json;
import org.virtkeep.qemu.state.ProcessIdentity;

/// The process that reads a pull's disks from QEMU itself, past the front-end, as it last said. Immutable.
///
/// QEMU can wait for it as for a keeper, so whoever frees QEMU must know of it. What it says does not
/// survive a crash of the host, as it does not itself.
///
/// @param process empty once it has let go of QEMU
/// @param read    bytes read per disk, in the order of the job's disks
record DirectReader(Optional<ProcessIdentity> process, List<Long> read) {
    DirectReader {
        read = List.copyOf(read);
    }

    /// Empty if the job has none, or it can not be made out.
    static Optional<DirectReader> find(JobStore jobs, int job) {
        try {
            Optional<JsonNode> node = Durable.readJson(jobs.readerFile(job));
            return node.isEmpty() ? Optional.empty() : Optional.of(of(node.get()));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private static DirectReader of(JsonNode node) throws IOException {
        var read = new ArrayList<Long>();
        node.path("read").forEach(bytes -> read.add(bytes.asLong()));
        var process = node.has("process")
                ? Optional.of(ProcessIdentity.fromJson(node.path("process")))
                : Optional.<ProcessIdentity>empty();
        return new DirectReader(process, read);
    }

    /// Puts it on record.
    void publish(JobStore jobs, int job) throws IOException {
        var node = Json.object();
        process.ifPresent(reader -> node.set("process", reader.toJson()));
        var bytes = node.putArray("read");
        read.forEach(bytes::add);
        Files.write(jobs.stagedReaderFile(job), Json.bytes(node));
        Files.move(jobs.stagedReaderFile(job), jobs.readerFile(job), StandardCopyOption.ATOMIC_MOVE);
    }

    /// The process that may be connected to QEMU for a job.
    static Optional<ProcessIdentity> running(JobStore jobs, int job) {
        return find(jobs, job).flatMap(DirectReader::process).filter(ProcessIdentity::isAlive);
    }

    /// The same if it is not we.
    static Optional<ProcessIdentity> toKill(JobStore jobs, int job) {
        return running(jobs, job).filter(process -> !process.equals(ProcessIdentity.ofThisProcess()));
    }

    /// Kills a reader that does not read, because somebody has stopped it: as soon as it is gone, QEMU does not wait
    /// for it any more.
    ///
    /// @return whether there was one
    static boolean killStopped(JobStore jobs, int job) {
        Optional<ProcessIdentity> stopped = toKill(jobs, job).filter(ProcessIdentity::isStopped);
        stopped.ifPresent(KeeperControl::kill);
        return stopped.isPresent();
    }
}
