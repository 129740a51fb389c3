package org.virtkeep.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.DiskSource;

class FileNamesTest {
    @Test
    void understandsQemusNamesOfNbdExports() {
        assertThat(NbdFileName.source("nbd://host:10810/disk"))
                .contains(new DiskSource.Nbd(Optional.empty(), Optional.of("host"), 10810, "disk"));
        assertThat(NbdFileName.source("nbd://host"))
                .contains(new DiskSource.Nbd(Optional.empty(), Optional.of("host"), 10809, ""));
        assertThat(NbdFileName.source("nbd+unix:///a/b?socket=/run/s"))
                .contains(new DiskSource.Nbd(Optional.of("/run/s"), Optional.empty(), 0, "a/b"));
        assertThat(NbdFileName.source("nbd:unix:/old")).isEmpty();
        assertThat(NbdFileName.source("nbd+unix:///a")).isEmpty();
        assertThat(NbdFileName.source("nbd://[broken")).isEmpty();
    }

    @Test
    void understandsQemusJsonNames() {
        assertThat(JsonFileName.source(
                        "json:{\"driver\":\"raw\",\"offset\":0,\"file\":{\"driver\":\"file\",\"filename\":\"/a\"}}"))
                .contains(new DiskSource.File("/a"));
        assertThat(JsonFileName.source("json:{\"driver\":\"host_device\",\"filename\":\"/dev/x\"}"))
                .contains(new DiskSource.Block("/dev/x"));
        assertThat(JsonFileName.source(
                        "json:{\"driver\":\"nbd\",\"export\":\"e\",\"server\":{\"type\":\"unix\",\"path\":\"/s\"}}"))
                .contains(new DiskSource.Nbd(Optional.of("/s"), Optional.empty(), 0, "e"));
        assertThat(JsonFileName.source(
                        "json:{\"driver\":\"nbd\",\"server\":{\"type\":\"inet\",\"host\":\"h\",\"port\":\"1\"}}"))
                .contains(new DiskSource.Nbd(Optional.empty(), Optional.of("h"), 1, ""));
        assertThat(JsonFileName.source("json:{\"driver\":\"null-co\"}")).isEmpty();
        assertThat(JsonFileName.source("json:{\"driver\":\"file\",\"filename\":\"relative\"}"))
                .isEmpty();
        assertThat(JsonFileName.source("json:{")).isEmpty();
    }
}
