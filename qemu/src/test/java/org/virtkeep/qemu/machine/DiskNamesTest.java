package org.virtkeep.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiskNamesTest {
    private static final DiskType VIRTIO = DiskType.of("virtio-blk-device").orElseThrow();
    private static final DiskType SCSI = DiskType.of("scsi-hd").orElseThrow();
    private static final DiskType CDROM = DiskType.of("ide-cd").orElseThrow();

    @Test
    void countsByBus() {
        var names = new DiskNames(List.of("root", "data"));
        assertThat(names.next(VIRTIO, Optional.of("root"))).isEqualTo("vda");
        assertThat(names.next(SCSI, Optional.empty())).isEqualTo("sda");
        assertThat(names.next(VIRTIO, Optional.of("data"))).isEqualTo("vdb");
        assertThat(names.next(CDROM, Optional.empty())).isEqualTo("sdb");
    }

    @Test
    void keepsAnIdThatIsSuchAName() {
        var names = new DiskNames(List.of("x", "vda", "hdc"));
        assertThat(names.next(VIRTIO, Optional.of("x"))).isEqualTo("vdb");
        assertThat(names.next(VIRTIO, Optional.of("vda"))).isEqualTo("vda");
        assertThat(names.next(CDROM, Optional.of("hdc"))).isEqualTo("hdc");
        assertThat(names.next(VIRTIO, Optional.empty())).isEqualTo("vdc");
    }

    @Test
    void countsOnWithTwoLetters() {
        assertThat(DiskNames.letters(25)).isEqualTo("z");
        assertThat(DiskNames.letters(26)).isEqualTo("aa");
        assertThat(DiskNames.letters(26 + 26 * 26)).isEqualTo("aaa");
    }

    @Test
    void findsTheIdInADevicesPath() {
        assertThat(DiskNames.idOf("/machine/peripheral/vda/virtio-backend")).contains("vda");
        assertThat(DiskNames.idOf("/machine/peripheral/nvme0")).contains("nvme0");
        assertThat(DiskNames.idOf("scsi0-0")).contains("scsi0-0");
        assertThat(DiskNames.idOf("/machine/peripheral-anon/device[3]")).isEmpty();
    }

    @Test
    void flashAndFloppiesAreNoDisks() {
        assertThat(DiskType.of("cfi.pflash01")).isEmpty();
        assertThat(DiskType.of("floppy")).isEmpty();
    }
}
