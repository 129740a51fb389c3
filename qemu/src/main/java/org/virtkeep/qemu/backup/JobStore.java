package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qemu.state.FileVersion;
import org.virtkeep.qemu.state.Json;

/// The backup jobs of one domain, in `jobs/ID.json`. Change it only while holding the domain's lock; read it
/// any time.
final class JobStore {

    /// How many ended jobs are remembered.
    private static final int KEPT_ENDED_JOBS = 32;

    private static final Pattern RECORD = Pattern.compile("[0-9]+\\.json");
    private static final String ENDED = "\"phase\":\"%s\"".formatted(JobRecord.Phase.ENDED);

    private final DomainFolder folder;
    private final Durable durable;

    JobStore(DomainFolder folder, Durable durable) {
        this.folder = folder;
        this.durable = durable;
    }

    /// A number that no job has which anybody was told of. It is used up even if no job follows.
    int nextId() {
        int next = upcomingId();
        try {
            durable.createDirectory(folder.jobs());
            durable.swapJson(counter(), Json.object().put("last", next));
            return next;
        } catch (IOException e) {
            throw Durable.failure("count backup jobs in", counter(), e);
        }
    }

    /// What [#nextId] will give. Of the counter a crash of the host may leave an older one, or none; but the newest
    /// jobs have records.
    int upcomingId() {
        try {
            Optional<JsonNode> last = Durable.readWholeJson(counter());
            int counted = last.isPresent() ? Json.integer(last.get(), "last") : 0;
            int recorded = ids().reduce(0, (_, newest) -> newest);
            return Math.addExact(Math.max(counted, recorded), 1);
        } catch (IOException e) {
            throw Durable.failure("count backup jobs in", counter(), e);
        }
    }

    private Path counter() {
        return folder.jobs().resolve("last-id.json");
    }

    /// Makes `job` the durable truth.
    JobRecord save(JobRecord job) {
        return writing(job, file -> durable.replaceJson(file, JobCodec.write(job)));
    }

    /// Does what takes most of the time of [#save], for [#saveStaged]. Until then nobody sees it.
    void stage(JobRecord job) {
        writing(job, file -> durable.stage(file, Json.bytes(JobCodec.write(job))));
    }

    /// [#save] of a job that was staged just now.
    JobRecord saveStaged(JobRecord job) {
        return writing(job, durable::replaceStaged);
    }

    /// [#note] of a job that was staged just now.
    JobRecord noteStaged(JobRecord job) {
        return writing(job, durable::showStaged);
    }

    /// Makes the names of all records last that were noted so far.
    void forceNames() {
        try {
            durable.forceName(counter());
        } catch (IOException e) {
            throw Durable.failure("write", folder.jobs(), e);
        }
    }

    /// As [#save], for a step on the way to the next that is saved. If the host crashes before, the record of the step
    /// before may be there again, and no QEMU, nor anything else that the job is about.
    JobRecord note(JobRecord job) {
        return writing(job, file -> durable.replaceForNow(file, Json.bytes(JobCodec.write(job))));
    }

    private interface Writing {
        void to(Path file) throws IOException;
    }

    private JobRecord writing(JobRecord job, Writing step) {
        Path file = file(job.id());
        try {
            step.to(file);
            return job;
        } catch (IOException e) {
            throw Durable.failure("write", file, e);
        }
    }

    Optional<JobRecord> find(int id) {
        try {
            Optional<JsonNode> node = Durable.readJson(file(id));
            return node.isEmpty() ? Optional.empty() : Optional.of(JobCodec.read(node.get()));
        } catch (IOException e) {
            throw Durable.failure("read", file(id), e);
        }
    }

    /// All remembered jobs, oldest first.
    List<JobRecord> all() {
        return ids().map(this::find).flatMap(Optional::stream).toList();
    }

    /// Of all records, in order.
    private Stream<Integer> ids() {
        try {
            return Durable.names(folder.jobs()).stream()
                    .filter(name -> RECORD.matcher(name).matches())
                    .map(name -> Integer.valueOf(name.substring(0, name.length() - ".json".length())))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw Durable.failure("list", folder.jobs(), e);
        }
    }

    /// The jobs that have not ended, oldest first.
    List<JobRecord> unfinished() {
        return ids().map(this::findUnfinished)
                .flatMap(Optional::stream)
                .filter(job -> !job.hasEnded())
                .toList();
    }

    /// Nearly all records are of jobs that have ended, and every session asks: what tells by a look that it is
    /// one of these is not parsed. The text cannot be part of a value, in which quotes are escaped.
    private Optional<JobRecord> findUnfinished(int id) {
        return readUnlessEnded(id).map(text -> parse(file(id), text));
    }

    private boolean isEnded(int id) {
        return readUnlessEnded(id).isEmpty() && Files.exists(file(id));
    }

    /// The text of a record that may not have ended; empty if it has, or if there is none.
    private Optional<String> readUnlessEnded(int id) {
        Path file = file(id);
        Optional<FileVersion> version = FileVersion.of(file);
        if (version.filter(now -> EndedJobs.contain(file, now)).isPresent()) {
            return Optional.empty();
        }
        Optional<String> text = read(file);
        boolean ended = text.filter(record -> record.contains(ENDED)).isPresent();
        version.filter(_ -> ended).ifPresent(now -> EndedJobs.add(file, now));
        return text.filter(_ -> !ended);
    }

    private static JobRecord parse(Path file, String text) {
        try {
            return JobCodec.read(Json.parse(file.toString(), text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw Durable.failure("read", file, e);
        }
    }

    /// The job that a caller means. 0 means the running one; if none runs, the ended one that was not
    /// acknowledged yet.
    ///
    /// @throws VirtException NO_DOMAIN_BACKUP if there is no such job; OPERATION_INVALID if 0 could mean
    ///     several; INVALID_ARG if it is negative
    JobRecord resolve(int id) {
        if (id < 0) {
            throw VirtException.qemu(
                    ErrorCode.INVALID_ARG,
                    "backup job id %d is negative; ids begin with 1, and 0 means ".formatted(id) + "the running job");
        }
        return id == 0 ? resolveCurrent() : find(id).orElseThrow(() -> noSuchJob("'" + id + "'"));
    }

    private JobRecord resolveCurrent() {
        List<JobRecord> running = unfinished();
        if (running.size() > 1) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID,
                    "domain '%s' has %d running backup jobs (%s); name one by its id"
                            .formatted(folder.name(), running.size(), ids(running)));
        }
        return Stream.concat(
                        running.stream(),
                        all().stream()
                                .filter(job -> job.hasEnded() && !job.acknowledged())
                                .max(Comparator.comparingInt(JobRecord::id))
                                .stream())
                .findFirst()
                .orElseThrow(() -> noSuchJob("that runs"));
    }

    private VirtException noSuchJob(String which) {
        List<JobRecord> known = all();
        return VirtException.qemu(
                ErrorCode.NO_DOMAIN_BACKUP,
                "domain '%s' has no backup job %s; %s"
                        .formatted(
                                folder.name(),
                                which,
                                known.isEmpty() ? "it has had none" : "known jobs: " + ids(known)));
    }

    private static String ids(List<JobRecord> jobs) {
        return String.join(
                ", ", jobs.stream().map(job -> Integer.toString(job.id())).toList());
    }

    /// Forgets the oldest ended jobs beyond the number that is kept.
    void trim() {
        var ended = new ArrayList<>(ids().filter(this::isEnded).toList());
        while (ended.size() > KEPT_ENDED_JOBS) {
            delete(ended.removeFirst());
        }
    }

    /// Leaves word why a running job must end, before anything is done about it: whoever sees the job next
    /// ends it for this reason, and not for what it looks like by then. The first word counts, and it is there as a
    /// whole or not at all. Needs no lock.
    void noteTrouble(int id, String reason) {
        note(troubleFile(id), reason);
    }

    /// As [#noteTrouble(int, String)], for one disk of a push that may lose it.
    ///
    /// @param disk its index
    void noteTrouble(int id, int disk, String reason) {
        note(troubleFile(id, disk), reason);
    }

    private static void note(Path file, String reason) {
        try {
            if (!Files.exists(file)) {
                Path staged = file.resolveSibling(
                        file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
                Files.writeString(staged, reason);
                Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw Durable.failure("write", file, e);
        }
    }

    /// What [#noteTrouble(int, String)] left.
    Optional<String> trouble(int id) {
        return read(troubleFile(id));
    }

    /// What [#noteTrouble(int, int, String)] left.
    Optional<String> trouble(int id, int disk) {
        return read(troubleFile(id, disk));
    }

    private static Optional<String> read(Path file) {
        try {
            return Durable.readText(file);
        } catch (IOException e) {
            throw Durable.failure("read", file, e);
        }
    }

    private Path troubleFile(int id) {
        return folder.jobs().resolve(id + ".trouble");
    }

    private Path troubleFile(int id, int disk) {
        return folder.jobs().resolve("%d.%d.trouble".formatted(id, disk));
    }

    /// Forgets a job.
    void delete(int id) {
        try {
            durable.discardStaged(file(id));
            durable.delete(file(id));
            sweep();
        } catch (IOException e) {
            throw Durable.failure("delete", file(id), e);
        }
    }

    /// Deletes what crashes have left of jobs that are not known any more, or were never.
    void sweep() {
        try (Stream<Path> files = Files.list(folder.jobs())) {
            for (Path file : files.toList()) {
                if (isOrphan(file.getFileName().toString())) {
                    durable.delete(file);
                }
            }
        } catch (java.nio.file.NoSuchFileException _) {
            return; // the domain has never had a job
        } catch (IOException e) {
            throw Durable.failure("clean up", folder.jobs(), e);
        }
    }

    private boolean isOrphan(String name) {
        return name.matches(
                        "[0-9]+\\.(progress|progress\\.new|reader|reader\\.new|([0-9]+\\.)?trouble(\\.[0-9]+\\.new)?|log)")
                && !Files.exists(file(Integer.parseInt(name.substring(0, name.indexOf('.')))));
    }

    Path file(int id) {
        return folder.jobs().resolve(id + ".json");
    }

    /// What the job's keeper printed.
    Path log(int id) {
        return folder.jobs().resolve(id + ".log");
    }

    /// How far a pull's clients have come; written by its keeper, not durable.
    Path progressFile(int id) {
        return folder.jobs().resolve(id + ".progress");
    }

    /// Who reads a pull past its front-end, see [DirectReader]; not durable.
    Path readerFile(int id) {
        return folder.jobs().resolve(id + ".reader");
    }

    /// Where the next [#readerFile] is written.
    Path stagedReaderFile(int id) {
        return folder.jobs().resolve(id + ".reader.new");
    }

    /// Where the next [#progressFile] is written.
    Path stagedProgressFile(int id) {
        return folder.jobs().resolve(id + ".progress.new");
    }
}
