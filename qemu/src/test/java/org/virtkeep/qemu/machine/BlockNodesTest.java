package org.virtkeep.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.DomainXml;

class BlockNodesTest {
    private static DomainDisk disk(String driver, String more) {
        return DomainXml.read("""
                        <domain type='qemu'><name>vm</name><memory>65536</memory><os><type>hvm</type></os>
                        <devices><disk><driver name='qemu' type='qcow2' %s/><source file='/a'/>
                        <target dev='vda' bus='virtio'/>%s</disk></devices></domain>""".formatted(driver, more)).disks().getFirst();
    }

    private static ImageLayer layer(String path, String format) {
        return new ImageLayer(new DiskSource.File(path), format, Optional.empty(), false);
    }

    private static List<String> nodes(DomainDisk disk, ImageLayer... layers) {
        return BlockNodes.of(disk, List.of(layers)).stream()
                .map(ObjectNode::toString)
                .map(text -> text.replace('"', '\''))
                .toList();
    }

    @Test
    void aDiskIsAFormatNodeOnAFileNode() {
        assertThat(nodes(disk("", ""), layer("/a", "qcow2")))
                .containsExactly(
                        "{'driver':'file','filename':'/a','node-name':'vda-f','auto-read-only':true,'discard':'unmap'}",
                        "{'driver':'qcow2','node-name':'vda','file':'vda-f','backing':null,'discard':'unmap'}");
    }

    /// A backing file's protocol node must not be read-only, or a commit into it fails.
    @Test
    void backingImagesComeFirstAndOnlyTheirFormatIsReadOnly() {
        assertThat(nodes(disk("", ""), layer("/a", "qcow2"), layer("/b", "qcow2"), layer("/c", "raw")))
                .containsExactly(
                        "{'driver':'file','filename':'/c','node-name':'vda-b2-f','auto-read-only':true,'discard':'unmap'}",
                        "{'driver':'raw','node-name':'vda-b2','file':'vda-b2-f','read-only':true,'discard':'unmap'}",
                        "{'driver':'file','filename':'/b','node-name':'vda-b1-f','auto-read-only':true,'discard':'unmap'}",
                        "{'driver':'qcow2','node-name':'vda-b1','file':'vda-b1-f','read-only':true,"
                                + "'backing':'vda-b2','discard':'unmap'}",
                        "{'driver':'file','filename':'/a','node-name':'vda-f','auto-read-only':true,'discard':'unmap'}",
                        "{'driver':'qcow2','node-name':'vda','file':'vda-f','backing':'vda-b1','discard':'unmap'}");
    }

    @Test
    void aDataFileHasItsOwnNode() {
        var layer = new ImageLayer(new DiskSource.File("/a"), "qcow2", Optional.of("/data"), false);
        assertThat(nodes(disk("", ""), layer))
                .element(1)
                .isEqualTo(
                        "{'driver':'file','filename':'/data','node-name':'vda-d','auto-read-only':true,'discard':'unmap'}");
        assertThat(nodes(disk("", ""), layer)).last().asString().contains("'data-file':'vda-d'");
    }

    @Test
    void theDriversWishesReachTheNodes() {
        DomainDisk disk = disk("cache='none' io='native' discard='ignore' detect_zeroes='on'", "<readonly/>");
        assertThat(nodes(disk, layer("/a", "qcow2")))
                .containsExactly(
                        "{'driver':'file','filename':'/a','node-name':'vda-f','auto-read-only':true,'aio':'native',"
                                + "'discard':'ignore','cache':{'direct':true,'no-flush':false}}",
                        "{'driver':'qcow2','node-name':'vda','file':'vda-f','read-only':true,'backing':null,"
                                + "'detect-zeroes':'on','discard':'ignore','cache':{'direct':true,'no-flush':false}}");
    }

    @Test
    void opensDevicesAndExportsByTheirOwnDrivers() {
        assertThat(BlockNodes.protocol(new DiskSource.Block("/dev/x")))
                .hasToString("{\"driver\":\"host_device\",\"filename\":\"/dev/x\"}");
        assertThat(BlockNodes.protocol(new DiskSource.Nbd(Optional.of("/s"), Optional.empty(), 0, "e")))
                .hasToString("{\"driver\":\"nbd\",\"server\":{\"type\":\"unix\",\"path\":\"/s\"},\"export\":\"e\"}");
        assertThat(BlockNodes.protocol(new DiskSource.Nbd(Optional.empty(), Optional.of("h"), 7, "")))
                .hasToString("{\"driver\":\"nbd\",\"server\":{\"type\":\"inet\",\"host\":\"h\",\"port\":\"7\"},"
                        + "\"export\":\"\"}");
    }
}
