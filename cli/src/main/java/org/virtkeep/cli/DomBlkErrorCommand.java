package org.virtkeep.cli;

import java.util.Map;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.DiskError;

final class DomBlkErrorCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("tell which disks of a domain have failed")
                .description(
                        "Lists the disks on which a read or write failed since the guest was last resumed; a guest that was "
                                + "paused by such an error waits until somebody resumes it.")
                .examples("virtkeep domblkerror web1");
    }

    @Override
    void run(Domain domain, Output output) {
        Map<String, DiskError> errors = domain.diskErrors();
        if (output.isJson()) {
            output.json(errors.entrySet().stream()
                    .map(error -> new JsonObject().put("target", error.getKey()).put("error", words(error.getValue())))
                    .toList());
        } else if (errors.isEmpty()) {
            output.text("No errors found");
        } else {
            errors.forEach((disk, error) -> output.text(disk + ": " + words(error)));
        }
    }

    private static String words(DiskError error) {
        return switch (error) {
            case UNSPECIFIC -> "unspecified error";
            case NO_SPACE -> "no space";
        };
    }
}
