package org.virtkeep.api;

import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.VirtException;

/// A named point in time since which the changes of a domain's disks are recorded. A handle. Thread-safe.
public interface Checkpoint {

    String name();

    /// The checkpoint before this one; empty for a root.
    Optional<String> parent();

    /// True for the newest one, which the next checkpoint will have as its parent.
    boolean isCurrent();

    /// The stored definition; with [XmlFlag#SIZE], disks carry how many bytes changed since.
    ///
    /// @throws VirtException with SIZE: OPERATION_INVALID if the domain does not run
    CheckpointDefinition definition(Set<XmlFlag> flags);

    /// [#definition] as `<domaincheckpoint>`.
    String xml(Set<XmlFlag> flags);

    /// Removes the checkpoint and its bitmaps; children move to its parent. A bitmap that is missing already
    /// is no error.
    ///
    /// @throws VirtException OPERATION_UNSUPPORTED if the domain does not run and bitmaps would have to go
    void delete(Set<DeleteFlag> flags);

    enum XmlFlag {
        /// Leave the domain's XML out.
        NO_DOMAIN,
        /// Say how much changed since.
        SIZE
    }

    enum DeleteFlag {
        /// Leave the bitmaps in the images.
        METADATA_ONLY
    }
}
