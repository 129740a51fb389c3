package org.virtkeep.cli;

import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Metadata;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "metadata",
        header = "show or change what a program keeps in a domain's XML",
        description = "An element below <metadata> belongs to the program that owns its namespace.",
        footer = {
            "virtkeep metadata web1 http://example.org/app",
            "virtkeep metadata web1 http://example.org/app --key app --set '<owner>alice</owner>' --config",
            "virtkeep metadata web1 http://example.org/app --remove"
        })
final class MetadataCommand extends DomainCommand {
    @Option(names = "--uri", paramLabel = "URI", description = "the namespace")
    private String uri;

    @Mixin
    private MetadataPlace place;

    @Option(names = "--key", paramLabel = "PREFIX", description = "the prefix by which the element has its namespace")
    private String key;

    @Option(names = "--set", paramLabel = "XML", description = "write this element")
    private String element;

    @Option(names = "--remove", description = "take the element away")
    private boolean remove;

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
