package org.virtkeep.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `<graphics>` and `<video>` of a domain.
final class DisplayXml {
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Za-z:.-]+");
    private static final String ADDRESS_RULE = "a host name or an IP address";
    private static final String LOCAL = "127.0.0.1";
    private static final int FIRST_PORT = 5900; // VNC display 0
    private static final int AUTOMATIC = -1;

    private DisplayXml() {}

    static DomainDefinition.Vnc vnc(ElementReader graphics) {
        graphics.requiredChoice("type", "vnc");
        boolean automatic = graphics.yes("autoport")
                | graphics.attribute("port").filter("-1"::equals).isPresent();
        int port = automatic
                ? AUTOMATIC
                : graphics.number("port", FIRST_PORT, 0xFFFF).orElse(AUTOMATIC);
        Optional<String> listen = graphics.matching("listen", ADDRESS, ADDRESS_RULE);
        Optional<String> socket = graphics.attribute("socket").map(_ -> graphics.requiredPath("socket"));
        var element = graphics.child("listen", DisplayXml::listen).orElse(new Listen(listen, socket));
        if (disagree(listen, element.address) || disagree(socket, element.socket)) {
            throw graphics.invalid("element 'graphics' and its element 'listen' name different addresses");
        }
        return new DomainDefinition.Vnc(
                element.socket, element.address.orElse(LOCAL), element.socket.isPresent() ? AUTOMATIC : port);
    }

    private static boolean disagree(Optional<String> attribute, Optional<String> element) {
        return attribute.isPresent() && !attribute.equals(element);
    }

    private record Listen(Optional<String> address, Optional<String> socket) {}

    private static Listen listen(ElementReader listen) {
        if (listen.requiredChoice("type", "address", "socket").equals("socket")) {
            return new Listen(Optional.empty(), Optional.of(listen.requiredPath("socket")));
        }
        return new Listen(listen.matching("address", ADDRESS, ADDRESS_RULE), Optional.empty());
    }

    /// @return empty for a machine without display adapter
    static Optional<String> videoModel(ElementReader devices, boolean hasGraphics) {
        List<String> models = devices.children("video", video -> {
            video.ignoreChildren("alias", "address");
            return video.requiredChild("model", DisplayXml::adapter);
        });
        if (models.size() > 1) {
            throw devices.unsupported("has %d elements 'video'; supported: one".formatted(models.size()));
        }
        if (models.isEmpty()) {
            return hasGraphics ? Optional.of("vga") : Optional.empty();
        }
        return Optional.of(models.getFirst()).filter(model -> !model.equals("none"));
    }

    private static String adapter(ElementReader model) {
        model.choice("heads", "1");
        model.choice("primary", "yes");
        model.choice("vram", "16384"); // KiB, QEMU's default
        model.ifChild("acceleration", acceleration -> acceleration.choice("accel3d", "no"));
        return model.requiredChoice("type", "vga", "virtio", "cirrus", "bochs", "none");
    }
}
