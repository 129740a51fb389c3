package org.virtkeep.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The differences that `docs/compatibility.md` admits: rows of its table ``| `section: command` | what
/// differs | why |``.
final class CompatibilityTable {
    static final Path DOCUMENT =
            Path.of(System.getProperty("virtkeep.home", "..")).resolve("docs/compatibility.md");
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+: [^`]+)` \\| ([a-z, ]+) \\| (.{8,}) \\|");

    private CompatibilityTable() {}

    /// What differs, by the command's key: some of `exit code`, `output`, `message`, in this order.
    static Map<String, String> read() throws IOException {
        var differences = new TreeMap<String, String>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && differences.put(row.group(1), row.group(2)) != null) {
                throw new AssertionError(DOCUMENT + " has two rows for " + row.group(1));
            }
        }
        return differences;
    }
}
