package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.DomainXml;
import org.virtkeep.qemu.state.Json;

class GuestAnswersTest {
    private static final List<DomainDisk> DISKS = DomainXml.read("""
            <domain type='qemu'><name>vm</name><memory>65536</memory><os><type>hvm</type></os><devices>
              <disk type='file' device='disk'><source file='/a'/><target dev='vda'/></disk>
              <disk type='file' device='disk'><source file='/b'/><target dev='sda'/></disk>
              <disk type='file' device='disk'><source file='/c'/><target dev='sdb'/><serial>S1</serial></disk>
            </devices></domain>""").disks();

    private static JsonNode json(String text) throws IOException {
        return Json.parse("test", text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> targets(String disk) throws IOException {
        return GuestAnswers.fileSystems(
                        json("[{'mountpoint':'/','name':'x','type':'ext4','disk':[%s]}]"
                                .formatted(disk)
                                .replace('\'', '"')),
                        DISKS)
                .getFirst()
                .disks();
    }

    @Test
    void aDiskIsNamedOnlyWhenItIsCertain() throws IOException {
        assertThat(targets("{'bus-type':'virtio'}")).containsExactly("vda");
        assertThat(targets("{'bus-type':'scsi','target':1}")).containsExactly("sdb");
        assertThat(targets("{'bus-type':'scsi','target':7}")).isEmpty();
        assertThat(targets("{'bus-type':'unknown','serial':'0QEMU_S1'}")).containsExactly("sdb");
        assertThat(targets("{'bus-type':'usb'}")).isEmpty();
    }

    @Test
    void whatAGuestSaysInAnotherShapeIsLeftOut() throws IOException {
        assertThat(GuestAnswers.fileSystems(json("{\"a\":[1,2]}"), DISKS)).isEmpty();
        assertThat(GuestAnswers.fileSystems(json("[1,\"x\",null]"), DISKS)).isEmpty();
        GuestFileSystem odd = GuestAnswers.fileSystems(json("[{\"total-bytes\":\"many\"}]"), DISKS)
                .getFirst();
        assertThat(odd.totalBytes()).isEmpty();
        assertThat(odd.mountPoint()).isEmpty();
        assertThat(GuestAnswers.operatingSystem(json("{\"id\":7,\"name\":\"Debian\"}")))
                .containsOnlyKeys("name");
    }

    @Test
    void usersAndTimeZoneAreRead() throws IOException {
        assertThat(GuestAnswers.users(json("[{\"user\":\"root\",\"login-time\":1500000000.25}]")))
                .singleElement()
                .satisfies(user -> {
                    assertThat(user.name()).isEqualTo("root");
                    assertThat(user.loginMillisSince()).hasValue(1_500_000_000_250L);
                });
        GuestInfo.TimeZone zone = GuestAnswers.timeZone(json("{\"offset\":-3600,\"zone\":\"AZOT\"}"));
        assertThat(zone.offsetSeconds()).hasValue(-3600);
        assertThat(zone.name()).hasValue("AZOT");
    }
}
