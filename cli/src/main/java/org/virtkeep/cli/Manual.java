package org.virtkeep.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/// What the manual page of a command says, beside its arguments and options. Immutable.
///
/// @param header      what the command does, in a few words
/// @param description the same in full, a paragraph each
/// @param examples    command lines, each followed by an indented line that tells what it does
/// @param exitCodes   as `0:done`
record Manual(String header, List<String> description, List<String> examples, List<String> exitCodes) {
    private static final List<String> USUAL_EXIT_CODES = List.of(
            "0:done",
            "1:failed; standard error says why, with --json as {\"error\":{\"code\":...,\"domain\":...,\"message\":...}} "
                    + "with libvirt's numbers",
            "2:the command line is wrong; nothing was done");

    Manual {
        description = List.copyOf(description);
        examples = List.copyOf(examples);
        exitCodes = List.copyOf(exitCodes);
    }

    static Manual of(String header) {
        return new Manual(header, List.of(), List.of(), USUAL_EXIT_CODES);
    }

    Manual description(String... paragraphs) {
        return new Manual(header, List.of(paragraphs), examples, exitCodes);
    }

    Manual examples(String... lines) {
        return new Manual(header, description, List.of(lines), exitCodes);
    }

    Manual exitCodes(String... codes) {
        return new Manual(header, description, examples, List.of(codes));
    }

    void addTo(CommandSpec spec) {
        spec.usageMessage()
                .header(header)
                .description(description.toArray(String[]::new))
                .footer(examples.toArray(String[]::new))
                .exitCodeList(UsageMessageSpec.keyValuesMap(exitCodes.toArray(String[]::new)));
    }
}
