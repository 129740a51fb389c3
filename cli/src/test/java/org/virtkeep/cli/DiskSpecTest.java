package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.CheckpointDisk;

class DiskSpecTest {

    @Test
    void tracksADiskUnlessToldOtherwise() {
        assertThat(DiskSpec.read("vda")).isEqualTo(disk("vda", true, Optional.empty()));
        assertThat(DiskSpec.read("vda,checkpoint=bitmap,bitmap=x")).isEqualTo(disk("vda", true, Optional.of("x")));
        assertThat(DiskSpec.read("vda,checkpoint=no")).isEqualTo(disk("vda", false, Optional.empty()));
    }

    @Test
    void takesTwoCommasForOne() {
        assertThat(DiskSpec.read("/images/a,,b.qcow2,checkpoint=no"))
                .isEqualTo(disk("/images/a,b.qcow2", false, Optional.empty()));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> DiskSpec.read("vda,snapshot=no"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'snapshot=no'");
        assertThatThrownBy(() -> DiskSpec.read(",checkpoint=no")).isInstanceOf(IllegalArgumentException.class);
    }

    private static CheckpointDisk disk(String name, boolean tracked, Optional<String> bitmap) {
        return new CheckpointDisk(name, tracked, bitmap, OptionalLong.empty());
    }
}
