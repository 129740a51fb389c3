package org.virtkeep.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.DeviceFlag;
import org.virtkeep.model.XmlElement;

final class AttachDiskCommand extends DomainCommand {
    private String source;
    private String target;
    private String bus;
    private String format = "raw";
    private String type = "file";
    private boolean config;

    @Override
    Manual manual() {
        return Manual.of("plug a disk into a running guest")
                .description(
                        "Plugs an image into the guest of a running domain. Its name says which bus: vdb is on virtio, sdb on scsi.",
                        "The bus must have a free place: scsi needs a domain with a scsi disk, and virtio a machine of type 'pc'.")
                .examples(
                        "virtkeep attach-disk web1 /srv/images/data.qcow2 sdb --subdriver qcow2",
                        "    until the domain is shut off; --config keeps it");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--source", "SOURCE", "the image, a file or a block device", word -> source = word);
        options.text("--target", "DEVICE", "the disk's target, such as sdb", word -> target = word);
        options.text("--targetbus", "BUS", "virtio, scsi or sata", word -> bus = word);
        options.text("--subdriver", "FORMAT", "the image's format: raw (if not said) or qcow2", word -> format = word);
        options.text("--sourcetype", "TYPE", "file (if not said) or block", word -> type = word);
        options.flag("--config", "also put it into the persistent definition", given -> config = given);
    }

    @Override
    Places places() {
        return Places.of("--domain", "--source", "--target");
    }

    @Override
    void run(Domain domain, Output output) {
        domain.attachDisk(element().write(), config ? Set.of(DeviceFlag.CONFIG) : Set.of());
        output.done(
                "Disk '%s' attached to domain '%s'".formatted(target, domain.name()),
                new JsonObject().put("domain", domain.name()).put("disk", target));
    }

    private XmlElement element() {
        String chosen = Optional.ofNullable(bus).orElse(target.startsWith("sd") ? "scsi" : "virtio");
        String image = Path.of(source).toAbsolutePath().toString();
        return XmlElement.of("disk")
                .with("type", type)
                .with("device", "disk")
                .with(XmlElement.of("driver").with("name", "qemu").with("type", format))
                .with(XmlElement.of("source").with(type.equals("block") ? "dev" : "file", image))
                .with(XmlElement.of("target").with("dev", target).with("bus", chosen));
    }
}
