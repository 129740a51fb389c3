package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Metadata;

final class DescCommand extends DomainCommand {
    private final MetadataPlace place = new MetadataPlace();
    private boolean title;
    private List<String> words;

    @Override
    Manual manual() {
        return Manual.of("show or change a domain's description or title")
                .description(
                        "Without words, writes the description; with them, it becomes these words, and empty words take it "
                                + "away.")
                .examples(
                        "virtkeep desc web1",
                        "virtkeep desc web1 --config --live 'the shop, do not stop'",
                        "virtkeep desc web1 --title 'Shop'");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        place.declare(options);
        options.flag("--title", "the title, a line, instead of the description", given -> title = given);
        options.texts("--new-desc", "WORDS", "the new description or title", it -> words = it);
    }

    @Override
    Places places() {
        return Places.of("--domain").thenRest("--new-desc");
    }

    @Override
    void check() {
        if (place.contradictsItself()) {
            throw usage("--current cannot go with --live or --config");
        }
    }

    @Override
    void run(Domain domain, Output output) {
        Metadata which = title ? new Metadata.Title() : new Metadata.Description();
        String what = title ? "title" : "description";
        if (words != null && !words.isEmpty()) {
            Optional<String> text = Optional.of(String.join(" ", words)).filter(all -> !all.isEmpty());
            domain.setMetadata(which, text, Optional.empty(), place.place());
            output.done(
                    "Domain %s updated successfully".formatted(what), new JsonObject().put("domain", domain.name()));
            return;
        }
        Optional<String> text = domain.metadata(which, place.place());
        if (output.isJson()) {
            output.json(new JsonObject().putText(what, text));
        } else {
            output.text(text.orElseGet(() -> "No %s for domain: %s".formatted(what, domain.name())));
        }
    }
}
