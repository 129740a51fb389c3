package org.virtkeep.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.RepositoryBackup;
import org.virtkeep.api.RepositoryBackupOutcome;
import org.virtkeep.api.RepositoryBackupRequest;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.StandardFolders;
import org.virtkeep.model.VirtException;
import org.virtkeep.transfer.LocalBackup;

final class BackupCommand extends ConnectedCommand {
    private static final String STATE = "VIRTKEEP_STATE";

    private List<String> domains;
    private final RepoOption repository = new RepoOption();
    private boolean all;
    private boolean inactive;
    private List<String> disks;
    private boolean full;
    private boolean quiesce;
    private Long rateLimit;
    private int parallel = 1;
    private Path scratchFolder;

    @Override
    Manual manual() {
        return Manual.of("back up domains into a repository")
                .description(
                        "Stores the disks of each domain as they are at one instant, with its XML and its firmware's variables, while "
                                + "it runs. Every backup is whole: it can be restored alone, and deleted without harm to others.",
                        "Of a disk whose changes were recorded since its last backup, only these are read; otherwise all of it. "
                                + "Either way only what the repository does not have yet is stored. It is said which, and why. For "
                                + "the next backup a checkpoint is made at the same instant, and older ones that were made by "
                                + "backups into this repository are removed. No others are touched.",
                        "If it is interrupted, or dies, the guest does not notice. The next backup removes what it left, and finds "
                                + "what it stored. If one domain fails, the others are still backed up.",
                        "A virtkeepd of this host that runs as you does the work itself, which is faster; Ctrl-C ends it as well.")
                .examples(
                        "virtkeep backup web1 --repo /backup",
                        "    a backup of all disks of web1",
                        "virtkeep backup --all --repo /backup --parallel 2 --rate-limit 100MiB",
                        "    all domains that run, two at a time, reading 100 MiB a second at most",
                        "virtkeep backup --all --inactive --repo /backup",
                        "    those that are shut off, too")
                .exitCodes(
                        "0:all domains were backed up",
                        "1:at least one was not; standard error says which, and why",
                        "2:the command line is wrong; nothing was done");
    }

    @Override
    void declare(Options options) {
        options.texts("--domain", "DOMAIN", "a domain's name, UUID, or id while it runs", words -> domains = words);
        repository.declare(options);
        options.flag("--all", "all domains that run", given -> all = given);
        options.flag(
                "--inactive",
                "with --all: those that are shut off, too. libvirtd cannot back these up",
                given -> inactive = given);
        options.texts(
                "--disk",
                "DISK",
                "only this disk, such as vda; may be given several times. Without it all that have a medium "
                        + "and are not read-only",
                words -> disks = words);
        options.flag("--full", "read everything, also where the changes are known", given -> full = given);
        options.flag(
                "--quiesce",
                "freeze the guest's file systems for the instant, through its agent; they are always thawed",
                given -> quiesce = given);
        options.size(
                "--rate-limit",
                "SIZE",
                "read no more than this in a second, all domains together",
                size -> rateLimit = size);
        options.number(
                "--parallel",
                "N",
                "back up so many domains at the same time, 1 to 64; one after the other if not given",
                number -> parallel = number);
        options.path(
                "--scratch-dir",
                "FOLDER",
                "where QEMU keeps, while a backup runs, what the guest overwrites; beside each image if not "
                        + "given. Disks that are no files need it",
                path -> scratchFolder = path);
    }

    @Override
    Places places() {
        return Places.of().thenRest("--domain");
    }

    @Override
    void check() {
        if (all == (domains != null && !domains.isEmpty())) {
            throw usage("name at least one domain, or give --all");
        }
        if (inactive && !all) {
            throw usage("--inactive says what --all means; a domain that is named may be shut off");
        }
        if (parallel < 1 || parallel > RepositoryBackupRequest.MAX_PARALLEL) {
            throw usage("--parallel is %d, but must be from 1 to %d"
                    .formatted(parallel, RepositoryBackupRequest.MAX_PARALLEL));
        }
        if (rateLimit != null && rateLimit < 1) {
            throw usage("--rate-limit must be at least one byte a second");
        }
    }

    @Override
    void run(Connection connection, Output output) throws IOException {
        requireThisHost(connection);
        connection.prepareBackup();
        Map<String, VirtException> unknown = new LinkedHashMap<>();
        List<String> chosen = all ? all(connection) : find(connection, unknown);
        if (all && chosen.isEmpty() && !output.isJson() && !output.isQuiet()) {
            output.text(inactive ? "There is no domain to back up" : "No domain runs, so none is backed up");
        }
        Surroundings surroundings = program().surroundings();
        var line = new TransferLine(surroundings.err(), surroundings.terminal() && !output.isQuiet());
        var telling = new BackupTelling(line, output, chosen.size() + unknown.size() == 1);
        try (RepositoryBackup backup = begin(connection, chosen, surroundings);
                var _ = CleanStop.on(backup::cancel)) {
            unknown.forEach((word, why) -> telling.ended(RepositoryBackupOutcome.failed(word, why, List.of())));
            backup.await(telling);
        }
        tell(telling.outcomes(), output);
    }

    /// By the daemon if it offers that; or else in this process.
    private RepositoryBackup begin(Connection connection, List<String> chosen, Surroundings surroundings)
            throws IOException {
        RepositoryBackupRequest request = request(chosen, surroundings);
        try {
            Optional<RepositoryBackup> begun =
                    connection.repositoryBackups().flatMap(offered -> offered.begin(request));
            return begun.isPresent() ? begun.get() : LocalBackup.begin(connection, request);
        } finally {
            request.secret().wipe();
        }
    }

    private List<String> all(Connection connection) {
        return connection.domains(inactive ? Set.of() : Set.of(DomainFilter.ACTIVE)).stream()
                .map(Domain::name)
                .toList();
    }

    private static void requireThisHost(Connection connection) {
        Optional.ofNullable(URI.create(connection.uri()).getHost()).ifPresent(host -> {
            throw new VirtException(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    ErrorDomain.NONE,
                    "disks are read over a unix socket of their host; run 'virtkeep backup' on '%s'".formatted(host));
        });
    }

    /// One that does not exist must not keep the others from being backed up.
    private List<String> find(Connection connection, Map<String, VirtException> unknown) {
        var found = new LinkedHashSet<String>();
        for (String word : domains) {
            try {
                found.add(DomainLookup.find(connection, word).name());
            } catch (VirtException e) {
                if (domains.size() == 1) {
                    throw e;
                }
                unknown.put(word, e);
            }
        }
        return List.copyOf(found);
    }

    private RepositoryBackupRequest request(List<String> chosen, Surroundings surroundings) throws IOException {
        return new RepositoryBackupRequest(
                chosen,
                repository.folder(surroundings).toAbsolutePath(),
                repository.secret(surroundings),
                stateFolder(surroundings).toAbsolutePath(),
                disks == null ? List.of() : disks,
                full,
                quiesce,
                rateLimit == null ? OptionalLong.empty() : OptionalLong.of(rateLimit),
                Optional.ofNullable(scratchFolder).map(Path::toAbsolutePath),
                parallel);
    }

    private static Path stateFolder(Surroundings surroundings) {
        String named = surroundings.environment().getOrDefault(STATE, "");
        Path state = named.isEmpty()
                ? new StandardFolders(surroundings.environment(), surroundings.superuser(), surroundings.home()).state()
                : Path.of(named);
        return state.resolve("transfer");
    }

    private static void tell(List<RepositoryBackupOutcome> outcomes, Output output) {
        if (output.isJson()) {
            output.json(outcomes.stream()
                    .map(outcome -> new BackupOutcome(outcome).json())
                    .toList());
        }
        List<VirtException> failures =
                outcomes.stream().flatMap(outcome -> outcome.failure().stream()).toList();
        if (failures.isEmpty()) {
            return;
        }
        output.flush();
        if (outcomes.size() == 1) {
            throw failures.getFirst();
        }
        throw new VirtException(
                ErrorCode.OPERATION_FAILED,
                ErrorDomain.NONE,
                "%d of %d domains were not backed up".formatted(failures.size(), outcomes.size()));
    }
}
