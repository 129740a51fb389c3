package org.virtkeep.nbd;

import java.time.Duration;
import org.virtkeep.model.Deadline;

/// A device whose content comes from another NBD server. Thread-safe. Owns its connections.
sealed interface Upstream extends BlockDevice permits UpstreamDevice, FleecedDevice {

    /// Connects as `export` says.
    ///
    /// @throws NbdException.Refused if the export, or a context that must be there, is not
    static Upstream connect(RelayedExport export, Deadline deadline) throws NbdException {
        return export.fleecing().isPresent()
                ? FleecedDevice.connect(export, export.fleecing().get(), deadline)
                : UpstreamDevice.connect(export, deadline);
    }

    /// Gives up on the upstream if it has left a request unanswered for `limit`.
    void closeIfStalled(Duration limit);

    /// Says goodbye and closes the connections, by `deadline` at the latest.
    void close(Deadline deadline);
}
