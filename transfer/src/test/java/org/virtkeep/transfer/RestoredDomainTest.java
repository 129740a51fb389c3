package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.VirtException;

class RestoredDomainTest {
    private static final String XML = """
            <domain type='kvm' id='3'>
              <name>web</name>
              <uuid>10469995-48f6-43a7-be29-60daa23e7570</uuid>
              <os><type>hvm</type><nvram template='/t'>/var/web.fd</nvram></os>
              <devices>
                <disk type='block' device='disk'>
                  <driver name='qemu' type='raw' cache='none'/>
                  <source dev='/dev/vg/web'><seclabel model='dac'/></source>
                  <backingStore/>
                  <target dev='vda' bus='virtio'/>
                  <alias name='virtio-disk0'/>
                </disk>
                <disk type='file' device='cdrom'><source file='/iso'/><target dev='sda' bus='sata'/><readonly/></disk>
                <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface>
              </devices>
            </domain>
            """;

    private static RestoredDomain restored(String... disks) {
        var images = new java.util.HashMap<String, RestoredDomain.Image>();
        for (String disk : disks) {
            images.put(disk, new RestoredDomain.Image(Path.of("/new/" + disk + ".qcow2"), DiskTargets.Format.QCOW2));
        }
        return new RestoredDomain(XML, images, Optional.of(Path.of("/new/nvram")));
    }

    @Test
    void hasTheRestoredImagesInPlaceOfTheOldOnes() {
        assertThat(restored("vda").xml(Optional.empty()))
                .contains(
                        "<name>web</name>",
                        "<uuid>10469995",
                        "<mac ",
                        "<nvram template='/t'>/new/nvram</nvram>",
                        "<disk type='file' device='disk'>",
                        "<driver name='qemu' type='qcow2' cache='none'/>",
                        "<source file='/new/vda.qcow2'/>",
                        "<source file='/iso'/>")
                .doesNotContain("/dev/vg/web", "alias", "backingStore", "id='3'", "seclabel");
    }

    @Test
    void isAnotherMachineUnderAnotherName() {
        assertThat(restored("vda").xml(Optional.of("copy")))
                .contains("<name>copy</name>", "<interface type='user'>")
                .doesNotContain("<uuid>", "<mac ");
    }

    @Test
    void doesNotShareADiskWithTheOldOne() {
        assertThat(restored().missing()).containsExactly("vda");
        assertThatThrownBy(() -> restored().xml(Optional.of("copy")))
                .isInstanceOf(VirtException.class)
                .hasMessageContaining("disks [vda] of domain 'web' were not restored");
    }
}
