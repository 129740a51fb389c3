package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;

@Tag("qemu")
class DomainLifecycleIT {
    @TempDir
    private Path dir;

    @Test
    void startsSuspendsResumesAndDestroys() {
        try (var vm = TestDomain.in(dir).disks(2).define()) {
            Domain domain = vm.domain();
            assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
            domain.start(Set.of());
            assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
            vm.write("vda", "write -P 0x11 0 1M");
            domain.suspend();
            assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
            domain.resume();
            assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
            domain.destroy();
            assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        }
    }
}
