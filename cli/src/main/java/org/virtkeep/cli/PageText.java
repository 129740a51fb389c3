package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.List;

/// Text in the shape of a manual page, broken at 80 columns.
final class PageText {
    private static final int WIDTH = 80;
    private static final int INDENT = 4;
    private static final int ENTRY = 28;

    private final StringBuilder text = new StringBuilder();

    PageText head(String title) {
        text.append(text.isEmpty() ? "" : "\n").append(title).append('\n');
        return this;
    }

    PageText paragraph(String words) {
        lines(words, WIDTH - INDENT).forEach(line -> append(INDENT, line));
        return this;
    }

    PageText verbatim(String line) {
        append(INDENT, line);
        return this;
    }

    /// A term and, beside or below it, what it means.
    PageText entry(String term, String meaning) {
        List<String> lines = new ArrayList<>(lines(meaning, WIDTH - ENTRY));
        if (term.length() <= ENTRY - INDENT - 2 && !lines.isEmpty()) {
            append(INDENT, term + " ".repeat(ENTRY - INDENT - term.length()) + lines.removeFirst());
        } else {
            append(INDENT, term);
        }
        lines.forEach(line -> append(ENTRY, line));
        return this;
    }

    private void append(int indent, String line) {
        text.append(" ".repeat(indent)).append(line).append('\n');
    }

    private static List<String> lines(String words, int width) {
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder();
        for (String word : words.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
