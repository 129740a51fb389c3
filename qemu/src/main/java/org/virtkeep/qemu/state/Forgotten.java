package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Folders of domains that are not known any more, and that are still to be deleted: beside those of domains, with
/// names that no domain can have. Immutable and thread-safe; several processes may delete the same at a time.
final class Forgotten {
    private static final Logger LOG = LoggerFactory.getLogger(Forgotten.class);
    private static final String PREFIX = ".forgotten-";

    private final Path domains;
    private final Durable durable;

    Forgotten(Path domains, Durable durable) {
        this.domains = domains;
        this.durable = durable;
    }

    /// Puts a domain's folder here; when this returns, that lasts. No error if there is none.
    void add(Path folder) throws IOException {
        durable.moveAway(folder, domains.resolve(PREFIX + UUID.randomUUID()));
    }

    /// Deletes all that are here. What cannot be deleted is left for the next time, and logged.
    void clear() {
        try {
            for (String name : Durable.names(domains)) {
                if (name.startsWith(PREFIX)) {
                    durable.discardTree(domains.resolve(name));
                }
            }
        } catch (IOException e) {
            LOG.warn("folder of a forgotten domain not deleted domains={} reason={}", domains, e.toString());
        }
    }
}
