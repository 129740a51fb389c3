package org.virtkeep.cli;

import java.util.List;
import java.util.function.Function;
import org.virtkeep.repository.CheckReport;
import picocli.CommandLine.ExitCode;

/// Tells what a check found.
final class CheckResult {
    /// There are faults.
    private static final int FAULTY = 3;

    private CheckResult() {}

    static int exitCode(CheckReport report) {
        return report.isClean() ? ExitCode.OK : FAULTY;
    }

    static void tell(CheckReport report, Output output) {
        if (output.isJson()) {
            output.json(json(report));
            return;
        }
        list(report.problems(), "fault: %s"::formatted, output);
        list(report.affected(), "backup '%s' cannot be restored as a whole"::formatted, output);
        if (output.isQuiet()) {
            return;
        }
        list(report.garbage(), "to be freed by prune: %s"::formatted, output);
        String read = report.packsRead() == 0
                ? "no pack was read to the end"
                : "read %s in %s".formatted(Humane.size(report.bytesRead()), Humane.count(report.packsRead(), "pack"));
        output.text(
                report.isClean()
                        ? "no faults found; " + read
                        : "%s found, %s damaged; %s"
                                .formatted(
                                        Humane.count(report.problems().size(), "fault"),
                                        Humane.count(report.affected().size(), "backup"),
                                        read));
    }

    private static void list(List<String> texts, Function<String, String> sentence, Output output) {
        texts.forEach(text -> output.text(Table.printable(sentence.apply(text))));
    }

    private static JsonObject json(CheckReport report) {
        return new JsonObject()
                .put("clean", report.isClean())
                .putTexts("problems", report.problems())
                .putTexts("affected", report.affected())
                .putTexts("garbage", report.garbage())
                .put("packsRead", report.packsRead())
                .put("bytesRead", report.bytesRead());
    }
}
