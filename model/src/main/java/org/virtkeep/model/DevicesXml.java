package org.virtkeep.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `<devices>` of a domain, except disks ([DiskXml]) and displays ([DisplayXml]).
final class DevicesXml {
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F][02468aAcCeE](:[0-9a-fA-F]{2}){5}");
    private static final String AGENT = "org.qemu.guest_agent.0";

    private DevicesXml() {}

    record Devices(
            Optional<String> emulator,
            List<DomainDisk> disks,
            List<DomainDefinition.NetworkInterface> interfaces,
            List<DomainDefinition.SerialPort> serials,
            boolean agentChannel,
            Optional<DomainDefinition.Vnc> vnc,
            Optional<String> videoModel,
            boolean rng,
            boolean memballoon) {}

    /// A domain without `<devices>`; as libvirt, it still has a memory balloon.
    static final Devices NONE = new Devices(
            Optional.empty(), List.of(), List.of(), List.of(), false, Optional.empty(), Optional.empty(), false, true);

    static Devices read(ElementReader devices) {
        Optional<DomainDefinition.Vnc> vnc = devices.child("graphics", DisplayXml::vnc);
        devices.eachChild("controller", DevicesXml::controller);
        devices.eachChild("input", DevicesXml::input);
        devices.eachChild("audio", audio -> {
            audio.attribute("id");
            audio.requiredChoice("type", "none");
        });
        return new Devices(
                devices.child("emulator", ElementReader::pathText),
                devices.children("disk", DiskXml::read),
                devices.children("interface", DevicesXml::networkInterface),
                SerialXml.read(devices),
                devices.child("channel", DevicesXml::agentChannel).isPresent(),
                vnc,
                DisplayXml.videoModel(devices, vnc.isPresent()),
                devices.child("rng", DevicesXml::rng).isPresent(),
                devices.child("memballoon", DevicesXml::memballoon).orElse(true));
    }

    private static DomainDefinition.NetworkInterface networkInterface(ElementReader device) {
        device.requiredChoice("type", "user");
        device.ignoreChildren("alias", "address");
        device.ifChild("link", link -> link.choice("state", "up"));
        Optional<String> mac = device.child("mac", address -> {
            address.required("address");
            return address.matching("address", MAC, "a unicast MAC address").orElseThrow();
        });
        String model = device.child("model", element -> element.requiredChoice("type", "virtio", "e1000", "rtl8139"))
                .orElse("rtl8139");
        return new DomainDefinition.NetworkInterface(model, mac);
    }

    /// The driver makes the controllers that its disks and channels need; those of the document are only
    /// checked for asking something else.
    private static void controller(ElementReader controller) {
        controller.ignoreChildren("alias", "address");
        controller.attribute("index");
        switch (controller.requiredChoice("type", "pci", "usb", "scsi", "sata", "ide", "virtio-serial")) {
            case "pci" -> {
                controller.requiredChoice(
                        "model",
                        "pci-root",
                        "pcie-root",
                        "pcie-root-port",
                        "pcie-to-pci-bridge",
                        "dmi-to-pci-bridge",
                        "pci-bridge");
                controller.ignoreChildren("model", "target");
            }
            case "usb" -> {
                controller.attribute("model");
                controller.attribute("ports");
                controller.ignoreChildren("master");
            }
            case "scsi" -> controller.choice("model", "virtio-scsi");
            case "virtio-serial" -> {
                controller.attribute("ports");
                controller.attribute("vectors");
            }
            default -> {}
        }
    }

    /// A keyboard and a mouse on PS/2 are part of every PC.
    private static void input(ElementReader input) {
        input.ignoreChildren("alias", "address");
        if (input.requiredChoice("type", "mouse", "keyboard", "tablet").equals("tablet")) {
            input.choice("bus", "usb");
        } else {
            input.choice("bus", "ps2");
        }
    }

    /// The path of the socket is the driver's choice, whatever the document says.
    private static boolean agentChannel(ElementReader channel) {
        channel.requiredChoice("type", "unix");
        channel.ignoreChildren("alias", "address");
        channel.ifChild("source", source -> {
            source.choice("mode", "bind");
            source.attribute("path");
        });
        channel.requiredChild("target", target -> {
            target.requiredChoice("type", "virtio");
            target.attribute("state");
            return target.requiredChoice("name", AGENT);
        });
        return true;
    }

    private static boolean rng(ElementReader rng) {
        rng.requiredChoice("model", "virtio");
        rng.ignoreChildren("alias", "address");
        rng.requiredChild("backend", backend -> {
            backend.requiredChoice("model", "random");
            String path = backend.text().strip();
            return path.isEmpty() ? path : backend.choiceText("/dev/urandom", "/dev/random");
        });
        return true;
    }

    private static boolean memballoon(ElementReader balloon) {
        balloon.ignoreChildren("alias", "address", "stats");
        balloon.choice("autodeflate", "off");
        balloon.choice("freePageReporting", "off");
        return balloon.requiredChoice("model", "virtio", "none").equals("virtio");
    }
}
