package org.virtkeep.qemu.backup;

import java.time.Duration;

/// What a connection's URI says about how its backups are run.
///
/// @param pullIdleLimit a pull that no client is connected to for so long is given up, because its
///     scratch images grow with every block the guest overwrites; zero for never (`pull-idle-minutes`)
/// @param pushPath      how a push reads its disks (`push`)
public record BackupSettings(Duration pullIdleLimit, PushPath pushPath) {

    /// An hour without a client, and the push's path chosen by its target.
    public static final BackupSettings DEFAULT = new BackupSettings(Duration.ofHours(1), PushPath.AUTO);

    /// How a push reads its disks.
    public enum PushPath {
        /// Directly when the target is a local file system or device, else fleeced.
        AUTO,
        /// The guest's first write to a block waits until the target has its old content: no scratch space
        /// needed, and as fast as the target.
        DIRECT,
        /// Old content goes to a scratch image beside the domain's state, so a slow target cannot slow the
        /// guest.
        FLEECED
    }
}
