package org.virtkeep.interop;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Takes out of virsh's output what differs between any two runs: folders, sockets, ids, times, and how
/// columns are aligned.
final class Masks {
    private static final Map<Pattern, String> RULES = rules();

    private final Path folder;
    private final Path socket;

    Masks(Path folder, Path socket) {
        this.folder = folder;
        this.socket = socket;
    }

    private static Map<Pattern, String> rules() {
        var rules = new LinkedHashMap<Pattern, String>();
        rules.put(Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d( [+-]\\d{4})?"), "TIME");
        rules.put(Pattern.compile("\\b1[6-9]\\d{8}\\b"), "SECONDS");
        rules.put(Pattern.compile("(CPU time:\\s+)[\\d.]+s"), "$1TIME");
        rules.put(Pattern.compile("(Time elapsed\\S*:?\\s+)\\d+"), "$1TIME");
        rules.put(Pattern.compile("(time_elapsed: )\\d+"), "$1TIME");
        rules.put(Pattern.compile("(?m)^(Id:\\s+)\\d+"), "$1ID");
        rules.put(Pattern.compile("( id=')\\d+'"), "$1ID'");
        rules.put(Pattern.compile("(?m)^ \\d+(\\s+(vm|busy|brief)\\b)"), " ID$1");
        rules.put(Pattern.compile("( index='|backingIndex=)\\d+"), "$1ID");
        rules.put(Pattern.compile("(rss[ =])\\d+"), "$1NUMBER");
        rules.put(Pattern.compile("(?m)^(CPU( frequency)?:\\s+)\\d+"), "$1NUMBER");
        // Only root's domains say so, and whether the daemons run as root is the test's affair.
        rules.put(Pattern.compile("(?m)^Messages:\\s+tainted: running with undesirable elevated privileges$"), "");
        rules.put(Pattern.compile("-{3,}"), "---");
        rules.put(Pattern.compile("[ \\t]+"), " ");
        rules.put(Pattern.compile("(?m) $"), "");
        return rules;
    }

    Virsh.Result mask(Virsh.Result result) {
        return new Virsh.Result(result.exitCode(), mask(result.out()), mask(result.err()));
    }

    private String mask(String text) {
        String masked = text.replace(socket.toString(), "SOCKET").replace(folder.toString(), "DIR");
        for (Map.Entry<Pattern, String> rule : RULES.entrySet()) {
            masked = rule.getKey().matcher(masked).replaceAll(rule.getValue());
        }
        return masked.strip();
    }
}
