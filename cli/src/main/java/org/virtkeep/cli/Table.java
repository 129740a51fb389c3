package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Rows of text under aligned heads, laid out as virsh lays out its tables: a space before the first column, three
/// between columns, a rule below the heads, an empty line at the end.
final class Table {
    private static final String GAP = "   ";

    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... heads) {
        this.heads = List.of(heads);
    }

    /// @param cells one for each head; characters that would disturb a terminal are replaced
    void row(List<String> cells) {
        if (cells.size() != heads.size()) {
            throw new IllegalArgumentException("%d cells below %d heads".formatted(cells.size(), heads.size()));
        }
        rows.add(cells.stream().map(Table::printable).toList());
    }

    void row(String... cells) {
        row(Arrays.asList(cells));
    }

    String render(boolean withHeads) {
        int[] widths = IntStream.range(0, heads.size())
                .map(column -> width(column, withHeads))
                .toArray();
        var text = new StringBuilder();
        if (withHeads) {
            line(text, heads, widths);
            int rule = Arrays.stream(widths).sum() + GAP.length() * widths.length;
            text.append("-".repeat(rule)).append('\n');
        }
        rows.forEach(row -> line(text, row, widths));
        if (withHeads) {
            text.append('\n');
        }
        return text.toString();
    }

    private int width(int column, boolean withHeads) {
        int head = withHeads ? length(heads.get(column)) : 0;
        return rows.stream().mapToInt(row -> length(row.get(column))).reduce(head, Math::max);
    }

    private static void line(StringBuilder text, List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cells.get(column);
            line.append(column == 0 ? " " : GAP).append(cell).append(" ".repeat(widths[column] - length(cell)));
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /// Names and messages come from elsewhere: no line breaks, no escape sequences.
    static String printable(String text) {
        return text.codePoints().anyMatch(Character::isISOControl)
                ? text.replaceAll("[\\p{Cntrl}\\x80-\\x9f]", "?")
                : text;
    }
}
