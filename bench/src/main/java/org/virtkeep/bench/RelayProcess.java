package org.virtkeep.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.nbd.NbdFrontEnd;
import org.virtkeep.nbd.RelayedExport;

/// A process of its own that relays QEMU's exports, as each pull backup has one. Ends with its standard input.
final class RelayProcess {
    private RelayProcess() {}

    /// @param arguments upstream socket, socket to listen on, export; for a fleeced disk also the exports of the live
    ///     disk and of scratch
    public static void main(String[] arguments) throws IOException {
        Optional<RelayedExport.Fleecing> fleecing = arguments.length < 5
                ? Optional.empty()
                : Optional.of(new RelayedExport.Fleecing(arguments[3], arguments[4]));
        var export = new RelayedExport("vda", Path.of(arguments[0]), arguments[2], Map.of(), true, fleecing);
        var config =
                new NbdFrontEnd.Config(new NbdAddress.Unix(arguments[1]), List.of(export), NbdFrontEnd.Limits.DEFAULT);
        try (var _ = NbdFrontEnd.start(config, Deadline.in(Duration.ofSeconds(10)))) {
            System.out.println("ready");
            while (System.in.read() >= 0) {
                continue;
            }
        }
    }
}
