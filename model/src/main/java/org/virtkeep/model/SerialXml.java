package org.virtkeep.model;

import java.util.List;

/// `<serial>` and `<console>` of a domain.
final class SerialXml {
    private SerialXml() {}

    /// On a PC, `<console>` is another way to name the first serial port: beside a `<serial>` it says nothing
    /// new, alone it makes one.
    static List<DomainDefinition.SerialPort> read(ElementReader devices) {
        List<DomainDefinition.SerialPort> serials = devices.children("serial", serial -> {
            serial.ifChild("target", target -> {
                target.choice("type", "isa-serial");
                target.attribute("port");
                target.ifChild("model", model -> model.choice("name", "isa-serial"));
            });
            return port(serial);
        });
        var console = devices.child("console", SerialXml::console);
        return serials.isEmpty() ? console.stream().toList() : serials;
    }

    private static DomainDefinition.SerialPort console(ElementReader console) {
        console.attribute("tty");
        console.ifChild("target", target -> {
            target.choice("type", "serial");
            target.attribute("port");
        });
        return port(console);
    }

    private static DomainDefinition.SerialPort port(ElementReader serial) {
        serial.ignoreChildren("alias", "address");
        return switch (serial.requiredChoice("type", "pty", "file", "unix")) {
            case "file" -> serial.requiredChild("source", SerialXml::file);
            case "unix" -> serial.requiredChild("source", SerialXml::unix);
            default -> {
                serial.ifChild("source", source -> source.attribute("path"));
                yield new DomainDefinition.SerialPort.Pty();
            }
        };
    }

    private static DomainDefinition.SerialPort file(ElementReader source) {
        source.ignoreChildren("seclabel");
        boolean append =
                source.choice("append", "on", "off").filter("on"::equals).isPresent();
        return new DomainDefinition.SerialPort.ToFile(source.requiredPath("path"), append);
    }

    private static DomainDefinition.SerialPort unix(ElementReader source) {
        source.ignoreChildren("seclabel");
        source.choice("mode", "bind");
        return new DomainDefinition.SerialPort.ToUnixSocket(source.requiredPath("path"));
    }
}
