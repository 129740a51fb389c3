package org.virtkeep.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Connection;
import picocli.CommandLine.ParameterException;

final class EventCommand extends ConnectedCommand {
    private static final Duration NO_LIMIT = Duration.ofSeconds(Integer.MAX_VALUE);

    private final DomainArgument domain = new DomainArgument();
    private List<String> types;
    private boolean all;
    private boolean loop;
    private Integer timeoutSeconds;
    private Long after;
    private boolean timestamp;
    private boolean list;

    @Override
    Manual manual() {
        return Manual.of("wait for events and write them")
                .description(
                        "Waits for something to happen to a domain, or to any, and writes it: one event, or with --loop every "
                                + "event until a signal, a timeout, or until nobody reads the output any more.",
                        "Events have numbers that only grow (sequence in JSON). A script that remembers the last one and gives it "
                                + "to --after misses none, as long as it comes back in time; if it did not, the first line is "
                                + "an event 'events-lost'.")
                .examples(
                        "virtkeep event --loop --timestamp",
                        "    writes all that happens on the host",
                        "virtkeep event web1 --event job-completed --timeout 3600",
                        "    waits up to an hour for the end of a backup of web1");
    }

    @Override
    void declare(Options options) {
        domain.declare(options);
        options.listedTexts(
                "--event",
                "TYPE",
                "events of this type only: lifecycle, block-job, job-completed, reboot, agent-lifecycle, device-added, "
                        + "device-removed, tray-change, io-error or block-threshold; may be given several times",
                words -> types = words);
        options.flag("--all", "events of all types; so it is without --event too", given -> all = given);
        options.flag("--loop", "go on after the first event", given -> loop = given);
        options.number(
                "--timeout",
                "SECONDS",
                "end after this time; without --loop it is a failure if no event came",
                number -> timeoutSeconds = number);
        options.longNumber(
                "--after", "SEQUENCE", "begin with the first event after this number", number -> after = number);
        options.flag("--timestamp", "write the time before each event", given -> timestamp = given);
        options.flag("--list", "write the types that there are, and end", given -> list = given);
    }

    @Override
    Places places() {
        return Places.of().thenOptional("--domain");
    }

    @Override
    void check() {
        if (timeoutSeconds != null && timeoutSeconds < 1) {
            throw usage("--timeout is %d, but must be at least 1 second".formatted(timeoutSeconds));
        }
        if (all && types != null) {
            throw usage("--all and --event exclude each other");
        }
        kinds();
    }

    /// The list of types needs no host.
    @Override
    void run(Output output) throws IOException {
        if (list) {
            labels().forEach(output::text);
        } else {
            super.run(output);
        }
    }

    @Override
    void run(Connection connection, Output output) {
        Optional<String> name =
                domain.isGiven() ? Optional.of(domain.find(connection).name()) : Optional.empty();
        var printer = new EventPrinter(output, name, kinds(), timestamp);
        long begin = after == null ? connection.lastEvent() : after;
        Duration limit =
                Optional.ofNullable(timeoutSeconds).map(Duration::ofSeconds).orElse(NO_LIMIT);
        new EventLoop(connection, printer, output).run(begin, limit, loop);
        if (!output.isJson() && !output.isQuiet()) {
            output.text("events received: " + printer.count());
        }
    }

    private Set<EventKind> kinds() {
        if (types == null) {
            return EnumSet.allOf(EventKind.class);
        }
        var kinds = EnumSet.noneOf(EventKind.class);
        types.forEach(type -> kinds.add(EventKind.named(type).orElseThrow(() -> unknown(type))));
        return kinds;
    }

    private ParameterException unknown(String type) {
        return usage("event type '%s' is none of %s".formatted(type, String.join(", ", labels())));
    }

    private static List<String> labels() {
        return Arrays.stream(EventKind.values()).map(EventKind::label).toList();
    }
}
