package org.virtkeep.cli;

import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Metadata;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

final class MetadataCommand extends DomainCommand {
    private String uri;
    private final MetadataPlace place = new MetadataPlace();
    private String key;
    private String element;
    private boolean remove;

    @Override
    Manual manual() {
        return Manual.of("show or change what a program keeps in a domain's XML")
                .description("An element below <metadata> belongs to the program that owns its namespace.")
                .examples(
                        "virtkeep metadata web1 http://example.org/app",
                        "virtkeep metadata web1 http://example.org/app --key app --set '<owner>alice</owner>' --config",
                        "virtkeep metadata web1 http://example.org/app --remove");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--uri", "URI", "the namespace", word -> uri = word);
        place.declare(options);
        options.text("--key", "PREFIX", "the prefix by which the element has its namespace", word -> key = word);
        options.text("--set", "XML", "write this element", word -> element = word);
        options.flag("--remove", "take the element away", given -> remove = given);
    }

    @Override
    Places places() {
        return Places.of("--domain", "--uri");
    }

    @Override
    void check() {
        if (place.contradictsItself()) {
            throw usage("--current cannot go with --live or --config");
        }
        if (remove && element != null) {
            throw usage("--set and --remove cannot go together");
        }
        if ((key == null) != (element == null)) {
            throw usage("--set needs --key, and --key is for --set");
        }
    }

    @Override
    void run(Domain domain, Output output) {
        var which = new Metadata.Element(uri);
        if (element == null && !remove) {
            output.xml(domain.metadata(which, place.place())
                    .orElseThrow(() -> VirtException.qemu(
                            ErrorCode.NO_DOMAIN_METADATA,
                            "domain '%s' has no element of namespace '%s' in its metadata"
                                    .formatted(domain.name(), uri))));
            return;
        }
        domain.setMetadata(which, Optional.ofNullable(element), Optional.ofNullable(key), place.place());
        output.done(remove ? "Metadata removed" : "Metadata modified", new JsonObject().put("domain", domain.name()));
    }
}
