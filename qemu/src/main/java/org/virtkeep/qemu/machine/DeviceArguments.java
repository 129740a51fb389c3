package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainDefinition.NetworkInterface;
import org.virtkeep.model.DomainDefinition.SerialPort;
import org.virtkeep.model.DomainDefinition.Vnc;

/// Everything that is not a disk. Stateless.
final class DeviceArguments {
    private static final int FIRST_VNC_PORT = 5900;
    private static final int VNC_DISPLAYS = 99;

    private DeviceArguments() {}

    /// @param agentSocket where the guest agent can be reached
    static void add(Arguments arguments, DomainDefinition domain, Path agentSocket, Optional<Integer> networkBoot) {
        for (int i = 0; i < domain.interfaces().size(); i++) {
            addInterface(arguments, i, domain.interfaces().get(i), i == 0 ? networkBoot : Optional.empty());
        }
        for (int i = 0; i < domain.serials().size(); i++) {
            addSerial(arguments, "serial" + i, domain.serials().get(i));
        }
        if (domain.agentChannel()) {
            addAgent(arguments, agentSocket);
        }
        addDisplay(arguments, domain);
        if (domain.rng()) {
            arguments.json("-object", object("rng-random", "rng0-source").put("filename", "/dev/urandom"));
            arguments.device("virtio-rng-pci", withId("rng0").put("rng", "rng0-source"));
        }
        if (domain.memballoon()) {
            arguments.device("virtio-balloon-pci", withId("balloon0"));
        }
    }

    static void addIothreads(Arguments arguments, DomainDefinition domain) {
        for (int i = 1; i <= domain.iothreads(); i++) {
            arguments.json("-object", object("iothread", "iothread" + i));
        }
    }

    private static ObjectNode object(String type, String id) {
        return BlockNodes.object().put("qom-type", type).put("id", id);
    }

    private static ObjectNode withId(String id) {
        return BlockNodes.object().put("id", id);
    }

    private static void addInterface(
            Arguments arguments, int index, NetworkInterface network, Optional<Integer> bootIndex) {
        String backend = "hostnet" + index;
        arguments.json("-netdev", BlockNodes.object().put("type", "user").put("id", backend));
        ObjectNode device = withId("net" + index).put("netdev", backend);
        network.mac().ifPresent(mac -> device.put("mac", mac));
        bootIndex.ifPresent(order -> device.put("bootindex", order));
        arguments.device(network.model().equals("virtio") ? "virtio-net-pci" : network.model(), device);
    }

    private static void addSerial(Arguments arguments, String id, SerialPort port) {
        String backend = switch (port) {
            case SerialPort.ToFile(String path, boolean append) ->
                "file,id=%s,path=%s,append=%s".formatted(id, Arguments.escape(path), append ? "on" : "off");
            case SerialPort.ToUnixSocket(String path) ->
                "socket,id=%s,path=%s,server=on,wait=off".formatted(id, Arguments.escape(path));
            case SerialPort.Pty() -> "pty,id=" + id;
        };
        arguments.add("-chardev", backend);
        arguments.device("isa-serial", withId(id + "-port").put("chardev", id));
    }

    /// The port has an id: without one QEMU does not tell when the agent comes and goes.
    private static void addAgent(Arguments arguments, Path socket) {
        arguments.device("virtio-serial-pci", withId("virtio-serial0"));
        arguments.add(
                "-chardev",
                "socket,id=agent0,path=%s,server=on,wait=off".formatted(Arguments.escape(socket.toString())));
        arguments.device(
                "virtserialport",
                withId("channel0")
                        .put("bus", "virtio-serial0.0")
                        .put("nr", 1)
                        .put("chardev", "agent0")
                        .put("name", "org.qemu.guest_agent.0"));
    }

    private static void addDisplay(Arguments arguments, DomainDefinition domain) {
        arguments.add("-display", "none");
        domain.vnc().ifPresent(vnc -> arguments.add("-vnc", address(vnc)));
        domain.videoModel().ifPresent(model -> arguments.device(videoDriver(model), withId("video0")));
        if (domain.hasTablet()) {
            arguments.device("qemu-xhci", withId("usb0"));
            arguments.device("usb-tablet", withId("tablet0").put("bus", "usb0.0"));
        }
    }

    private static String address(Vnc vnc) {
        if (vnc.socket().isPresent()) {
            return "unix:" + Arguments.escape(vnc.socket().get());
        }
        String host = vnc.listen().contains(":") ? "[" + vnc.listen() + "]" : vnc.listen();
        return vnc.port() < 0
                ? "%s:0,to=%d".formatted(host, VNC_DISPLAYS)
                : "%s:%d".formatted(host, vnc.port() - FIRST_VNC_PORT);
    }

    private static String videoDriver(String model) {
        return switch (model) {
            case "vga" -> "VGA";
            case "virtio" -> "virtio-vga";
            case "cirrus" -> "cirrus-vga";
            case "bochs" -> "bochs-display";
            default -> model;
        };
    }
}
