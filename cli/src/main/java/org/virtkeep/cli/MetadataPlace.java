package org.virtkeep.cli;

import org.virtkeep.api.Metadata.Place;
import picocli.CommandLine.Option;

/// Whether a running domain's notes are meant, or those of its definition. As in virsh.
final class MetadataPlace {
    @Option(names = "--live", description = "of the domain as it runs")
    private boolean live;

    @Option(names = "--config", description = "of its definition")
    private boolean config;

    @Option(
            names = "--current",
            description = "of the domain as it runs if it does, else of its definition; as without " + "these options")
    private boolean current;

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
