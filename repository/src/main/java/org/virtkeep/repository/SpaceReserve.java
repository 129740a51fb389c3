package org.virtkeep.repository;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets what frees space run where none is left: even that has to write a little first.
final class SpaceReserve {
    private static final Logger LOG = LoggerFactory.getLogger(SpaceReserve.class);

    private SpaceReserve() {}

    /// Something that frees space, and may be begun again after it failed.
    interface Work<T> {
        /// @param scarce whether to write no more than is needed
        T run(boolean scarce) throws IOException;
    }

    /// Runs `work`; if it fails, gives up the storage's reserve, and runs it once more. What others write
    /// meanwhile may take the reserve too; then `work` fails as it did before.
    ///
    /// @throws RepositoryException at once: a full disk fails in other ways
    static <T> T run(Storage storage, Work<T> work) throws IOException {
        try {
            return work.run(false);
        } catch (RepositoryException e) {
            throw e;
        } catch (IOException e) {
            if (!isReleased(storage, e)) {
                throw e;
            }
            LOG.info("giving up the reserve storage={} cause={}", storage, e.getMessage());
            return work.run(true);
        }
    }

    private static boolean isReleased(Storage storage, IOException failure) {
        try {
            return storage.releaseReserve();
        } catch (IOException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    /// Makes a reserve for the next time. If there is still no room for one, then not.
    static void refill(Storage storage) {
        try {
            storage.keepReserve();
        } catch (IOException e) {
            LOG.warn("no room for a reserve storage={} cause={}", storage, e.getMessage());
        }
    }
}
