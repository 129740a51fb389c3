package org.virtkeep.cli;

import picocli.AutoComplete;

final class CompletionCommand extends CliCommand {

    @Override
    Manual manual() {
        return Manual.of("write a completion script for bash and zsh")
                .description(
                        "Writes a script to standard output. A shell that has read it completes the names of commands "
                                + "and options when the tabulator key is pressed.")
                .examples(
                        "source <(virtkeep completion)",
                        "    for this shell",
                        "virtkeep completion > /etc/bash_completion.d/virtkeep",
                        "    for every shell of every user");
    }

    @Override
    Places places() {
        return Places.of();
    }

    @Override
    void run(Output output) {
        output.text(AutoComplete.bash(
                "virtkeep", CommandTree.complete(new Virtkeep(program().surroundings()))));
    }
}
