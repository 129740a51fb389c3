package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.Event.Notice;
import org.virtkeep.qmp.QmpEvent;
import org.virtkeep.testkit.Json;

final class GuestNoticesTest {
    private static Optional<Notice> notice(String name, String data) {
        return GuestNotices.of(
                new QmpEvent(name, Json.parse(data), Instant.EPOCH),
                device -> device.startsWith("vda") ? Optional.of("vda") : Optional.empty(),
                target -> "/images/" + target);
    }

    @Test
    void aResetIsAReboot() {
        assertThat(notice("RESET", "{\"guest\": true, \"reason\": \"guest-reset\"}"))
                .contains(new Notice.Rebooted());
    }

    @Test
    void onlyTheAgentsPortTellsOfTheAgent() {
        assertThat(notice("VSERPORT_CHANGE", "{\"open\": true, \"id\": \"channel0\"}"))
                .contains(new Notice.AgentChanged(true));
        assertThat(notice("VSERPORT_CHANGE", "{\"open\": false, \"id\": \"channel0\"}"))
                .contains(new Notice.AgentChanged(false));
        assertThat(notice("VSERPORT_CHANGE", "{\"open\": true, \"id\": \"other\"}"))
                .isEmpty();
    }

    @Test
    void devicesAreNamedByTheirIds() {
        assertThat(notice("DEVICE_DELETED", "{\"device\": \"vdc\", \"path\": \"/machine/peripheral/vdc\"}"))
                .contains(new Notice.DeviceRemoved("vdc"));
        assertThat(notice("DEVICE_DELETED", "{\"path\": \"/machine/peripheral/vdc/virtio-backend\"}"))
                .as("a part of one")
                .isEmpty();
        assertThat(notice("DEVICE_TRAY_MOVED", "{\"device\": \"\", \"id\": \"sda\", \"tray-open\": true}"))
                .contains(new Notice.TrayMoved("sda", true));
    }

    @Test
    void anErrorOfADiskNamesItsImage() {
        assertThat(notice(
                        "BLOCK_IO_ERROR",
                        "{\"device\": \"\", \"node-name\": \"vda\", \"operation\": \"write\", \"action\": \"stop\","
                                + " \"nospace\": true, \"reason\": \"No space left on device\"}"))
                .contains(new Notice.IoError("vda", "/images/vda", true, true));
        assertThat(notice("BLOCK_IO_ERROR", "{\"node-name\": \"job-filter\", \"action\": \"stop\"}"))
                .as("of a backup")
                .isEmpty();
    }

    @Test
    void aThresholdNamesItsDisk() {
        assertThat(notice(
                        "BLOCK_WRITE_THRESHOLD",
                        "{\"node-name\": \"vda-f\", \"write-threshold\": 4096, \"amount-exceeded\": 512}"))
                .contains(new Notice.ThresholdExceeded("vda", "/images/vda", 4096, 512));
    }

    @Test
    void changesOfStateAreNotTold() {
        assertThat(notice("STOP", "{}")).isEmpty();
        assertThat(notice("JOB_STATUS_CHANGE", "{\"status\": \"running\", \"id\": \"j\"}"))
                .isEmpty();
    }
}
