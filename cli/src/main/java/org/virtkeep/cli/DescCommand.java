package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Metadata;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "desc",
        header = "show or change a domain's description or title",
        description =
                "Without words, writes the description; with them, it becomes these words, and empty words take it "
                        + "away.",
        footer = {
            "virtkeep desc web1",
            "virtkeep desc web1 --config --live 'the shop, do not stop'",
            "virtkeep desc web1 --title 'Shop'"
        })
final class DescCommand extends DomainCommand {
    @Mixin
    private MetadataPlace place;

    @Option(names = "--title", description = "the title, a line, instead of the description")
    private boolean title;

    @Option(names = "--new-desc", paramLabel = "WORDS", description = "the new description or title")
    private List<String> words;

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
