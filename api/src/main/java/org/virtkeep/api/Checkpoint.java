package org.virtkeep.api;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.VirtException;

/// A named point in time since which the changes of a domain's disks are recorded. A handle. Thread-safe.
public interface Checkpoint {

    String name();

    /// The checkpoint before this one; empty for a root.
    Optional<String> parent();

    /// True for the one that the next checkpoint will have as its parent unless told otherwise: the one that was
    /// created last, or its parent if it has been deleted.
    boolean isCurrent();

    /// The checkpoints that follow this one (`virDomainCheckpointListAllChildren`): directly, or with
    /// [CheckpointFilter#DESCENDANTS] all.
    ///
    /// @throws VirtException INVALID_ARG for a filter that is for domains only
    List<Checkpoint> children(Set<CheckpointFilter> filters);

    /// The stored definition; with [XmlFlag#SIZE], disks carry how many bytes changed since.
    ///
    /// @throws VirtException with SIZE: OPERATION_INVALID if the domain does not run
    CheckpointDefinition definition(Set<XmlFlag> flags);

    /// [#definition] as `<domaincheckpoint>`.
    String xml(Set<XmlFlag> flags);

    /// Removes the checkpoint and its bitmaps; children move to its parent. A bitmap that is missing or broken
    /// already is no error. With CHILDREN or CHILDREN_ONLY several are removed, all or none.
    ///
    /// @throws VirtException OPERATION_UNSUPPORTED if the domain does not run and bitmaps would have to go;
    ///     INVALID_ARG for flags that exclude each other
    void delete(Set<DeleteFlag> flags);

    /// What the XML of a checkpoint holds (`virDomainCheckpointXMLFlags`).
    enum XmlFlag {
        /// With what the domain's XML keeps secret, such as passwords.
        SECURE(1),
        /// Leave the domain's XML out.
        NO_DOMAIN(1 << 1),
        /// Say how much changed since.
        SIZE(1 << 2);

        private final int wireValue;

        XmlFlag(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }

    /// What a deletion takes along (`virDomainCheckpointDeleteFlags`).
    enum DeleteFlag {
        /// Also delete all that follow the checkpoint.
        CHILDREN(1),
        /// Leave the bitmaps in the images.
        METADATA_ONLY(1 << 1),
        /// Delete all that follow the checkpoint, and not itself.
        CHILDREN_ONLY(1 << 2);

        private final int wireValue;

        DeleteFlag(int wireValue) {
            this.wireValue = wireValue;
        }

        public int wireValue() {
            return wireValue;
        }
    }
}
