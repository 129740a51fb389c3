package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.Set;
import org.virtkeep.api.DomainFilter;
import picocli.CommandLine.Option;

/// The options of `list` that choose domains. Those about one thing are alternatives, as in virsh.
final class ListFilters {
    @Option(names = "--all", description = "running and inactive domains")
    private boolean all;

    @Option(names = "--inactive", description = "inactive domains only")
    private boolean inactive;

    @Option(names = "--state-running", description = "domains whose guest runs")
    private boolean running;

    @Option(names = "--state-paused", description = "domains that are paused")
    private boolean paused;

    @Option(names = "--state-shutoff", description = "domains that are shut off")
    private boolean shutoff;

    @Option(names = "--state-other", description = "domains in any other state")
    private boolean other;

    @Option(names = "--persistent", description = "domains that are defined")
    private boolean persistent;

    @Option(names = "--transient", description = "domains that are only known while they run")
    private boolean transientOnes;

    @Option(names = "--autostart", description = "domains that are started with the host")
    private boolean autostart;

    @Option(names = "--no-autostart", description = "domains that are not")
    private boolean noAutostart;

    @Option(names = "--with-snapshot", description = "domains that have snapshots")
    private boolean withSnapshot;

    @Option(names = "--without-snapshot", description = "domains that have none")
    private boolean withoutSnapshot;

    @Option(names = "--with-checkpoint", description = "domains that have checkpoints")
    private boolean withCheckpoint;

    @Option(names = "--without-checkpoint", description = "domains that have none")
    private boolean withoutCheckpoint;

    @Option(names = "--with-backup", description = "domains with a running backup job")
    private boolean withBackup;

    @Option(names = "--without-backup", description = "domains without one")
    private boolean withoutBackup;

    /// Active domains only, unless the options ask for others or for states.
    Set<DomainFilter> chosen() {
        var chosen = EnumSet.noneOf(DomainFilter.class);
        Chosen.add(chosen, inactive && !all, DomainFilter.INACTIVE);
        Chosen.add(chosen, !inactive && !all && !byState(), DomainFilter.ACTIVE);
        Chosen.add(chosen, running, DomainFilter.RUNNING);
        Chosen.add(chosen, paused, DomainFilter.PAUSED);
        Chosen.add(chosen, shutoff, DomainFilter.SHUTOFF);
        Chosen.add(chosen, other, DomainFilter.OTHER);
        Chosen.add(chosen, persistent, DomainFilter.PERSISTENT);
        Chosen.add(chosen, transientOnes, DomainFilter.TRANSIENT);
        Chosen.add(chosen, autostart, DomainFilter.AUTOSTART);
        Chosen.add(chosen, noAutostart, DomainFilter.NO_AUTOSTART);
        Chosen.add(chosen, withSnapshot, DomainFilter.HAS_SNAPSHOT);
        Chosen.add(chosen, withoutSnapshot, DomainFilter.NO_SNAPSHOT);
        Chosen.add(chosen, withCheckpoint, DomainFilter.HAS_CHECKPOINT);
        Chosen.add(chosen, withoutCheckpoint, DomainFilter.NO_CHECKPOINT);
        Chosen.add(chosen, withBackup, DomainFilter.HAS_BACKUP);
        Chosen.add(chosen, withoutBackup, DomainFilter.NO_BACKUP);
        return chosen;
    }

    private boolean byState() {
        return running || paused || shutoff || other;
    }
}
