package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.XmlFlag;

final class DumpXmlCommand extends DomainCommand {
    private boolean inactive;

    @Override
    Manual manual() {
        return Manual.of("write a domain's XML")
                .description(
                        "Writes the <domain> document as the domain runs, or as it is defined while it does not run.")
                .examples("virtkeep dumpxml web1 > web1.xml");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--inactive", "as it is defined, also while it runs", given -> inactive = given);
    }

    @Override
    void run(Domain domain, Output output) {
        output.xml(inactive ? domain.xml(Set.of(XmlFlag.SECURE, XmlFlag.INACTIVE)) : domain.xml());
    }
}
