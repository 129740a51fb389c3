package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain;
import org.virtkeep.model.BackupXml;
import org.virtkeep.qemu.state.FaultyFiles;

/// A begin in which a fault of our own shows: it leaves no more than one that was refused.
@Tag("qemu")
class BeginFaultIT {
    private static final String FAULT = "a fault of our own";

    @TempDir
    private Path dir;

    private final List<String> steps = new ArrayList<>();
    private int faulty;

    private void step(String step) {
        steps.add(step);
        if (steps.size() == faulty) {
            throw new IllegalStateException(FAULT);
        }
    }

    private int begin(Domain domain, int faultyStep) {
        String xml = "<domainbackup mode='pull'><server transport='unix' socket='%s'/></domainbackup>"
                .formatted(dir.resolve("s"));
        steps.clear();
        faulty = faultyStep;
        try {
            return domain.backupBegin(BackupXml.read(xml), Optional.empty(), Set.of());
        } finally {
            faulty = 0;
        }
    }

    @Test
    void isUndoneByWhoeverMadeIt() {
        try (var vm = TestDomain.in(dir).files(new FaultyFiles(this::step)).start()) {
            Traces before = Traces.of(vm);
            int id = begin(vm.domain(), 0);
            List<String> ofABegin = List.copyOf(steps);
            vm.domain().backupEnd(id, Set.of());
            int running = 1 + ofABegin.indexOf("move to 1.json");
            assertThat(running).as("%s", ofABegin).isGreaterThan(2);
            for (int n : new int[] {running / 2, running - 1, running}) {
                vm.domain().together("test", () -> {
                    assertThatThrownBy(() -> begin(vm.domain(), n)).hasMessage(FAULT);
                    assertThat(vm.domain().runningBackupJobs())
                            .as("after a fault at %d: %s", n, steps)
                            .isEmpty();
                    return n;
                });
            }
            before.requireSame(Traces.of(vm));
        }
    }
}
