package org.virtkeep.interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One line of `virsh/commands.txt`, which explains them.
///
/// @param key `section: command`, and ` #2` behind the second of the same in a section
/// @param kind what is done
/// @param label what stands between the kind and `::`; empty if there is nothing
/// @param arguments of virsh; for [Kind#END] and [Kind#STOP] the name of what was started
record VirshStep(String key, Kind kind, String label, List<String> arguments) {
    private static final Pattern LINE = Pattern.compile("(?:(until|begin|listen|end|stop) )?(?:(.+?) :: )?(.*)");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");

    enum Kind {
        RUN,
        UNTIL,
        BEGIN,
        LISTEN,
        END,
        STOP
    }

    /// The steps of a script, in its order.
    static List<VirshStep> parse(List<String> lines) {
        var steps = new ArrayList<VirshStep>();
        var seen = new HashMap<String, Integer>();
        String section = "";
        for (String line : lines) {
            if (line.startsWith("[")) {
                section = line.substring(1, line.length() - 1);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                steps.add(step(section, line, seen));
            }
        }
        return List.copyOf(steps);
    }

    private static VirshStep step(String section, String line, Map<String, Integer> seen) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException(line);
        }
        Kind kind =
                parts.group(1) == null ? Kind.RUN : Kind.valueOf(parts.group(1).toUpperCase());
        boolean bare = kind == Kind.END || kind == Kind.STOP;
        String command = bare ? parts.group(1) + " " + parts.group(3) : parts.group(3);
        String label = parts.group(2) == null ? "" : parts.group(2);
        String name = section + ": " + command;
        int count = seen.merge(name, 1, Integer::sum);
        return new VirshStep(count == 1 ? name : name + " #" + count, kind, label, words(parts.group(3)));
    }

    private static List<String> words(String command) {
        return WORD.matcher(command)
                .results()
                .map(match -> match.group(1) != null
                        ? match.group(1)
                        : match.group(2) != null ? match.group(2) : match.group(3))
                .toList();
    }
}
