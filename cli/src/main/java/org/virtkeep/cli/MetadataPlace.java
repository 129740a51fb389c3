package org.virtkeep.cli;

import org.virtkeep.api.Metadata.Place;

/// Whether a running domain's notes are meant, or those of its definition. As in virsh.
final class MetadataPlace {
    private boolean live;
    private boolean config;
    private boolean current;

    /// Tells the parser of them.
    void declare(Options options) {
        options.flag("--live", "of the domain as it runs", given -> live = given);
        options.flag("--config", "of its definition", given -> config = given);
        options.flag(
                "--current",
                "of the domain as it runs if it does, else of its definition; as without " + "these options",
                given -> current = given);
    }

    Place place() {
        if (live) {
            return config ? Place.LIVE_AND_CONFIG : Place.LIVE;
        }
        return config ? Place.CONFIG : Place.CURRENT;
    }

    /// True if not all can be meant.
    boolean contradictsItself() {
        return current && (live || config);
    }
}
