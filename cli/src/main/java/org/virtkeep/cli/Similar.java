package org.virtkeep.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what a user may have meant.
final class Similar {
    private Similar() {}

    /// The candidate that takes the fewest changes of a letter to get to from `word`; empty if even that differs in
    /// more than a third of its letters.
    static Optional<String> to(String word, Collection<String> candidates) {
        return candidates.stream()
                .filter(candidate -> distance(word, candidate) <= Math.max(1, candidate.length() / 3))
                .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /// How many letters have to be inserted, removed, replaced or swapped with their neighbour (optimal string
    /// alignment).
    static int distance(String from, String to) {
        int[][] cost = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, from, to, i, j);
            }
        }
        return cost[from.length()][to.length()];
    }

    private static int cheapest(int[][] cost, String from, String to, int i, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int replaced = cost[i - 1][j - 1] + (same ? 0 : 1);
        int shifted = 1 + Math.min(cost[i - 1][j], cost[i][j - 1]);
        boolean swapped =
                i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
        int best = Math.min(replaced, shifted);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
