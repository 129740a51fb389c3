package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.Set;
import org.virtkeep.api.DomainFilter;

/// The options of `list` that choose domains. Those about one thing are alternatives, as in virsh.
final class ListFilters {
    private boolean all;
    private boolean inactive;
    private boolean running;
    private boolean paused;
    private boolean shutoff;
    private boolean other;
    private boolean persistent;
    private boolean transientOnes;
    private boolean autostart;
    private boolean noAutostart;
    private boolean withSnapshot;
    private boolean withoutSnapshot;
    private boolean withCheckpoint;
    private boolean withoutCheckpoint;
    private boolean withBackup;
    private boolean withoutBackup;

    /// Tells the parser of them.
    void declare(Options options) {
        options.flag("--all", "running and inactive domains", given -> all = given);
        options.flag("--inactive", "inactive domains only", given -> inactive = given);
        options.flag("--state-running", "domains whose guest runs", given -> running = given);
        options.flag("--state-paused", "domains that are paused", given -> paused = given);
        options.flag("--state-shutoff", "domains that are shut off", given -> shutoff = given);
        options.flag("--state-other", "domains in any other state", given -> other = given);
        options.flag("--persistent", "domains that are defined", given -> persistent = given);
        options.flag("--transient", "domains that are only known while they run", given -> transientOnes = given);
        options.flag("--autostart", "domains that are started with the host", given -> autostart = given);
        options.flag("--no-autostart", "domains that are not", given -> noAutostart = given);
        options.flag("--with-snapshot", "domains that have snapshots", given -> withSnapshot = given);
        options.flag("--without-snapshot", "domains that have none", given -> withoutSnapshot = given);
        options.flag("--with-checkpoint", "domains that have checkpoints", given -> withCheckpoint = given);
        options.flag("--without-checkpoint", "domains that have none", given -> withoutCheckpoint = given);
        options.flag("--with-backup", "domains with a running backup job", given -> withBackup = given);
        options.flag("--without-backup", "domains without one", given -> withoutBackup = given);
    }

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
