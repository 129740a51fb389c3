package org.virtkeep.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// Contestants that take turns, so that whatever else the machine does hits all of them alike. The first is what the
/// others are compared with.
final class Contest {
    private final String title;
    private final Map<String, Supplier<Cost>> contestants = new LinkedHashMap<>();

    Contest(String title) {
        this.title = title;
    }

    Contest with(String name, Supplier<Cost> work) {
        contestants.put(name, work);
        return this;
    }

    /// Lets each do its work once to warm up and then `runs` times.
    ///
    /// @return a Markdown table
    String run(int runs) {
        Map<String, List<Cost>> costs = new LinkedHashMap<>();
        for (int i = 0; i <= runs; i++) {
            for (var contestant : contestants.entrySet()) {
                Cost cost = contestant.getValue().get();
                System.err.printf("%s: %s %s%n", title, contestant.getKey(), cost);
                if (i > 0) {
                    costs.computeIfAbsent(contestant.getKey(), _ -> new ArrayList<>())
                            .add(cost);
                }
            }
        }
        return table(costs);
    }

    private String table(Map<String, List<Cost>> costs) {
        var text = new StringBuilder("### ").append(title).append("\n\n");
        text.append("| | wall s, median | best | speed to first, median | best | CPU s | QEMU | keeper | client |\n");
        text.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        List<Cost> first = costs.values().iterator().next();
        costs.forEach((name, own) -> text.append("| %s | %.3f | %.3f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n"
                .formatted(
                        name,
                        median(own, Cost::wall),
                        best(own),
                        median(first, Cost::wall) / median(own, Cost::wall),
                        best(first) / best(own),
                        median(own, Cost::processor),
                        median(own, Cost::qemu),
                        median(own, Cost::keeper),
                        median(own, Cost::client))));
        return text.append('\n').toString();
    }

    private static double best(List<Cost> costs) {
        return costs.stream().mapToDouble(Cost::wall).min().orElseThrow();
    }

    private static double median(List<Cost> costs, ToDoubleFunction<Cost> what) {
        double[] sorted = costs.stream().mapToDouble(what).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
