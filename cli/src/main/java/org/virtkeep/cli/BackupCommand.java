package org.virtkeep.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.StandardFolders;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.Repository;
import org.virtkeep.transfer.BackupOptions;
import org.virtkeep.transfer.CancelToken;
import org.virtkeep.transfer.RateLimit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "backup",
        header = "back up domains into a repository",
        description = {
            "Stores the disks of each domain as they are at one instant, with its XML and its firmware's variables, while "
                    + "it runs. Every backup is whole: it can be restored alone, and deleted without harm to others.",
            "Of a disk whose changes were recorded since its last backup, only these are read; otherwise all of it. "
                    + "Either way only what the repository does not have yet is stored. It is said which, and why. For "
                    + "the next backup a checkpoint is made at the same instant, and older ones that were made by "
                    + "backups into this repository are removed. No others are touched.",
            "If it is interrupted, or dies, the guest does not notice. The next backup removes what it left, and finds "
                    + "what it stored. If one domain fails, the others are still backed up."
        },
        exitCodeList = {
            "0:all domains were backed up",
            "1:at least one was not; standard error says which, and why",
            "2:the command line is wrong; nothing was done"
        },
        footer = {
            "virtkeep backup web1 --repo /backup",
            "    a backup of all disks of web1",
            "virtkeep backup --all --repo /backup --parallel 2 --rate-limit 100MiB",
            "    all domains that run, two at a time, reading 100 MiB a second at most"
        })
final class BackupCommand extends ConnectedCommand {
    private static final String STATE = "VIRTKEEP_STATE";

    @Option(names = "--domain", paramLabel = "DOMAIN", description = "a domain's name, UUID, or id while it runs")
    private List<String> domains;

    @Mixin
    private RepoOption repository;

    @Option(names = "--all", description = "all domains that run")
    private boolean all;

    @Option(
            names = "--disk",
            paramLabel = "DISK",
            description = "only this disk, such as vda; may be given several times. Without it all that have a medium "
                    + "and are not read-only")
    private List<String> disks;

    @Option(names = "--full", description = "read everything, also where the changes are known")
    private boolean full;

    @Option(
            names = "--quiesce",
            description = "freeze the guest's file systems for the instant, through its agent; they are always thawed")
    private boolean quiesce;

    @Option(
            names = "--rate-limit",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description = "read no more than this in a second, all domains together")
    private Long rateLimit;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description = "back up so many domains at the same time, 1 to 64; one after the other if not given")
    private int parallel;

    @Option(
            names = "--scratch-dir",
            paramLabel = "FOLDER",
            description = "where QEMU keeps, while a backup runs, what the guest overwrites; beside each image if not "
                    + "given. Disks that are no files need it")
    private Path scratchFolder;

    @Override
    Places places() {
        return Places.of().thenRest("--domain");
    }

    @Override
    void check() {
        if (all == (domains != null && !domains.isEmpty())) {
            throw usage("name at least one domain, or give --all");
        }
        if (parallel < 1 || parallel > 64) {
            throw usage("--parallel is %d, but must be from 1 to 64".formatted(parallel));
        }
        if (rateLimit != null && rateLimit < 1) {
            throw usage("--rate-limit must be at least one byte a second");
        }
    }

    @Override
    void run(Connection connection, Output output) throws IOException {
        requireThisHost(connection);
        Map<String, VirtException> unknown = new LinkedHashMap<>();
        List<Domain> chosen = all ? connection.domains(Set.of(DomainFilter.ACTIVE)) : find(connection, unknown);
        Surroundings surroundings = program().surroundings();
        var cancel = new CancelToken();
        try (Repository opened = repository.open(surroundings);
                var _ = CleanStop.on(cancel)) {
            BackupOptions options = options(surroundings).withForeignSockets(!isEmbedded(connection));
            var fleet = new BackupFleet(opened, options, parallel, cancel);
            var line = new TransferLine(surroundings.err(), surroundings.terminal() && !output.isQuiet());
            List<BackupOutcome> outcomes = fleet.run(chosen, unknown, line, output);
            tell(outcomes, output);
        }
    }

    private static void requireThisHost(Connection connection) {
        Optional.ofNullable(URI.create(connection.uri()).getHost()).ifPresent(host -> {
            throw new VirtException(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    ErrorDomain.NONE,
                    "disks are read over a unix socket of their host; run 'virtkeep backup' on '%s'".formatted(host));
        });
    }

    /// Behind a daemon, QEMU may be another user's.
    private static boolean isEmbedded(Connection connection) {
        return connection.uri().startsWith("qemu:///embed");
    }

    /// One that does not exist must not keep the others from being backed up.
    private List<Domain> find(Connection connection, Map<String, VirtException> unknown) {
        var found = new LinkedHashMap<String, Domain>();
        for (String word : domains) {
            try {
                Domain domain = DomainLookup.find(connection, word);
                found.put(domain.name(), domain);
            } catch (VirtException e) {
                if (domains.size() == 1) {
                    throw e;
                }
                unknown.put(word, e);
            }
        }
        return List.copyOf(found.values());
    }

    private BackupOptions options(Surroundings surroundings) {
        BackupOptions options = BackupOptions.in(stateFolder(surroundings))
                .withFull(full)
                .withQuiesce(quiesce)
                .withScratchFolder(Optional.ofNullable(scratchFolder))
                .withDisks(disks == null ? List.of() : disks);
        return rateLimit == null ? options : options.withRateLimit(RateLimit.of(rateLimit));
    }

    private static Path stateFolder(Surroundings surroundings) {
        String named = surroundings.environment().getOrDefault(STATE, "");
        Path state = named.isEmpty()
                ? new StandardFolders(surroundings.environment(), surroundings.superuser(), surroundings.home()).state()
                : Path.of(named);
        return state.resolve("transfer");
    }

    private static void tell(List<BackupOutcome> outcomes, Output output) {
        if (output.isJson()) {
            output.json(outcomes.stream().map(BackupOutcome::json).toList());
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
