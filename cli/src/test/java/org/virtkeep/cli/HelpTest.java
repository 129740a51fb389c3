package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {
    private final Shell shell = new Shell();

    static List<String> names() {
        return Commands.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void explainsEachCommandInFull(String name) {
        Shell.Result result = shell.run(("help " + name).split(" "));
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith("NAME\n    virtkeep " + name + " - ")
                .contains("\nSYNOPSIS\n    virtkeep " + name, "\nDESCRIPTION\n    ", "\nGLOBAL OPTIONS\n")
                .contains("\nEXIT STATUS\n    0 ", "\n    1 ", "\n    2 ", "\nEXAMPLES\n    ")
                .contains("virtkeep " + name, "--connect URI");
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(shell.run((name + " --help").split(" "))).isEqualTo(result);
    }

    @ParameterizedTest
    @MethodSource("names")
    void explainsEachOption(String name) {
        String[] words = name.split(" ");
        CommandLine line = CommandTree.forArguments(new Virtkeep(Surroundings.ofProcess()), words);
        for (String word : words) {
            line = line.getSubcommands().get(word);
        }
        var spec = line.getCommandSpec();
        String page = new HelpPage(spec).text();
        for (OptionSpec option : spec.options()) {
            assertThat(option.description()).as(option.longestName()).isNotEmpty();
            assertThat(page).contains(option.longestName());
        }
    }

    @Test
    void listsAllCommands() {
        assertThat(shell.run("help").out()).contains(names());
        assertThat(shell.run("--help").out()).isEqualTo(shell.run("help").out());
        assertThat(shell.run("--help", "list").out())
                .isEqualTo(shell.run("help").out());
        assertThat(names()).doesNotHaveDuplicates();
    }

    @Test
    void showsWhatIsRequiredAndWhatIsNot() {
        assertThat(shell.run("help", "backup-begin").out().replaceAll("\\s+", " "))
                .contains("virtkeep backup-begin DOMAIN [BACKUPXML] [CHECKPOINTXML] [--reuse-external] [--quiesce] "
                        + "[--all-or-nothing] [--fallback MODE] [--preserve-domain-on-shutdown] [--id-only] [--wait]");
        assertThat(shell.run("help", "attach").out()).contains("virtkeep attach DOMAIN --qmp SOCKET...\n");
    }

    @Test
    void doesNotExplainWhatThereIsNot() {
        assertThat(shell.run("help", "lits"))
                .isEqualTo(new Shell.Result(
                        2, "", "error: unknown command 'lits' (did you mean 'list'?); see 'virtkeep help'\n"));
    }

    @Test
    void explainsAGroupOfCommands() {
        Shell.Result result = shell.run("help", "repo");
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith("NAME\n    virtkeep repo - ")
                .contains("\n    virtkeep repo COMMAND", "\nREPOSITORY\n    init ", "\n    key change ");
        assertThat(shell.run("help", "repo", "key").out()).contains("\nREPOSITORY\n    list ");
        assertThat(shell.run("repo").err())
                .isEqualTo("error: 'repo' is not a whole command; see 'virtkeep help repo'\n");
        assertThat(shell.run("repo", "chek", "x").err())
                .isEqualTo("error: unknown command 'chek' (did you mean 'check'?); see 'virtkeep help repo'\n");
        assertThat(shell.run("repo", "init").err())
                .isEqualTo("error: command 'repo init' needs DIR; see 'virtkeep help repo init'\n");
    }

    @Test
    void writesACompletionScriptForAllCommands() {
        Shell.Result result = shell.run("completion");
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith("#!/usr/bin/env bash")
                .contains(names().stream().map(name -> name.split(" ")[0]).toList())
                .contains("--reuse-external");
    }
}
