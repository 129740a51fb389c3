package org.virtkeep.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.DomainStatistics.Memory;
import org.virtkeep.api.DomainStatistics.MemoryFigure;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

final class DomMemStatCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("tell how a running domain uses its memory")
                .description(
                        "Writes KiB, except for faults, which are counted. What only the guest knows is there as far as it "
                                + "has a balloon device and tells.")
                .examples("virtkeep dommemstat web1");
    }

    @Override
    void run(Domain domain, Output output) {
        Memory memory = domain.statistics(Set.of(DomainStatistics.Group.MEMORY))
                .memory()
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.OPERATION_INVALID,
                        "domain '%s' does not run, so there are no figures of its memory".formatted(domain.name())));
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("actual", memory.currentKib());
        for (MemoryFigure figure : MemoryFigure.values()) {
            if (memory.figures().containsKey(figure)) {
                figures.put(figure.label().replace('-', '_'), memory.figures().get(figure));
            }
        }
        var json = new JsonObject();
        var text = new StringBuilder();
        figures.forEach((name, value) -> {
            json.put(name, value);
            text.append(name).append(' ').append(value).append('\n');
        });
        if (output.isJson()) {
            output.json(json);
        } else {
            output.text(text.toString());
        }
    }
}
