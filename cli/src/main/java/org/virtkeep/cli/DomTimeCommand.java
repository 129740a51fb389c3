package org.virtkeep.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.api.Domain;

final class DomTimeCommand extends DomainCommand {
    private boolean pretty;
    private boolean now;
    private boolean sync;
    private String time;

    private Optional<Instant> wanted = Optional.empty();

    @Override
    Manual manual() {
        return Manual.of("tell or set a guest's clock")
                .description(
                        "The agent in the guest reads and sets it. A guest that was paused or restored may be behind.")
                .examples("virtkeep domtime web1 --pretty", "virtkeep domtime web1 --now");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--pretty", "the time as date and clock, instead of seconds since 1970", given -> pretty = given);
        options.flag("--now", "set it to the time of this host", given -> now = given);
        options.flag("--sync", "set it to the domain's hardware clock", given -> sync = given);
        options.text(
                "--time",
                "TIME",
                "set it to TIME: seconds since 1970, or as 2031-05-01T12:00:00Z",
                word -> time = word);
    }

    @Override
    void check() {
        if (Stream.of(now, sync, time != null).filter(given -> given).count() > 1) {
            throw usage("only one of --now, --sync and --time can be given");
        }
        wanted = Optional.ofNullable(time).map(this::parse);
    }

    private Instant parse(String text) {
        try {
            return text.matches("[0-9]{1,12}") ? Instant.ofEpochSecond(Long.parseLong(text)) : Instant.parse(text);
        } catch (DateTimeParseException _) {
            throw usage("'%s' is no time: seconds since 1970 are, or 2031-05-01T12:00:00Z".formatted(text));
        }
    }

    @Override
    void run(Domain domain, Output output) {
        if (now || sync || wanted.isPresent()) {
            domain.setGuestTime(now ? Optional.of(Instant.now()) : wanted);
            output.done(
                    "Clock of the guest of domain '%s' set".formatted(domain.name()),
                    new JsonObject().put("domain", domain.name()));
            return;
        }
        Instant guest = domain.guestTime();
        if (output.isJson()) {
            output.json(new JsonObject().put("time", guest));
        } else {
            output.text("Time: " + (pretty ? Humane.time(guest) : Long.toString(guest.getEpochSecond())));
        }
    }
}
