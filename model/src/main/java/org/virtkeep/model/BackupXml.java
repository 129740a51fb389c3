package org.virtkeep.model;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// `<domainbackup>`: reads what libvirt 9.0's schema allows, and writes what that schema allows.
///
/// Two deliberate differences. The root may carry an integer `id`, which is ignored: the XML of a job shows
/// its id there and is a valid request again. And a TCP server may leave out its port or ask for port 0, which
/// means a free one. More in `docs/formats/backup-xml.md`.
public final class BackupXml {
    private static final Pattern UNSIGNED = Pattern.compile("[0-9]+");
    private static final Pattern HOST_NAME = Pattern.compile("[a-zA-Z0-9.-]+");
    private static final int MAX_IPV6_CHARS = 45; // the longest form, with an IPv4 address at its end
    private static final int MAX_PORT = 0xFFFF;

    private BackupXml() {}

    /// Reads a request.
    ///
    /// @throws VirtException XML_DETAIL if the text is not well-formed XML, XML_ERROR for another root element,
    ///     XML_INVALID_SCHEMA naming what libvirt's schema does not allow, CONFIG_UNSUPPORTED naming what it
    ///     allows and virtkeep does not do
    public static BackupRequest read(String document) {
        return ElementReader.read(
                XmlParser.parse(document), "domainbackup", ElementReader.Grammar.WHOLE, BackupXml::request);
    }

    private static BackupRequest request(ElementReader root) {
        boolean pull =
                root.choice("mode", "push", "pull").filter("pull"::equals).isPresent();
        root.matching("id", UNSIGNED, "an integer");
        Optional<String> incremental =
                root.child("incremental", ElementReader::text).filter(text -> !text.isEmpty());
        if (pull) {
            var listener = root.requiredChild("server", BackupXml::server);
            return new BackupRequest.Pull(incremental, listener.address(), listener.tls(), disks(root, true));
        }
        return new BackupRequest.Push(incremental, disks(root, false));
    }

    private record Server(NbdAddress address, boolean tls) {}

    private static Server server(ElementReader server) {
        boolean tls = server.yes("tls");
        return switch (server.choice("transport", "tcp", "unix").orElse("tcp")) {
            case "unix" -> new Server(new NbdAddress.Unix(BackupDiskXml.absolutePath(server, "socket")), tls);
            default -> new Server(new NbdAddress.Tcp(host(server), port(server)), tls);
        };
    }

    private static String host(ElementReader server) {
        String name = server.required("name");
        if (!HOST_NAME.matcher(name).matches() && !isIpv6(name)) {
            throw server.invalidValue("name", name, "a host name or an IP address");
        }
        return name;
    }

    private static boolean isIpv6(String name) {
        if (name.length() > MAX_IPV6_CHARS || !name.matches("[0-9A-Fa-f:.]+") || name.indexOf(':') < 0) {
            return false;
        }
        try {
            InetAddress.ofLiteral(name);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /// @return 0 for a free port
    private static int port(ElementReader server) {
        String text = server.attribute("port").orElse("0");
        long port = UnsignedNumber.parse(text, Integer.SIZE)
                .orElseThrow(() -> server.invalidValue("port", text, "a number of 32 bits"))
                .longValue();
        if (port > MAX_PORT) {
            server.postponeUnsupported(
                    "has port %d; a TCP port is at most %d, and 0 means a free one".formatted(port, MAX_PORT));
        }
        return (int) port;
    }

    private static List<BackupDisk> disks(ElementReader root, boolean pull) {
        return root.child("disks", disks -> {
                    if (!disks.hasChild("disk")) {
                        throw disks.invalid("element 'domainbackup/disks' needs at least one element 'disk'");
                    }
                    return disks.children("disk", disk -> BackupDiskXml.read(disk, pull));
                })
                .orElse(List.of());
    }

    /// Writes a request so that [#read] gives it back.
    public static String write(BackupRequest request) {
        return write(request, OptionalInt.empty());
    }

    /// Writes a job: its request, with its id on the root element.
    public static String write(BackupRequest request, int jobId) {
        return write(request, OptionalInt.of(jobId));
    }

    private static String write(BackupRequest request, OptionalInt jobId) {
        boolean pull = request instanceof BackupRequest.Pull;
        XmlElement root = XmlElement.of("domainbackup").with("mode", pull ? "pull" : "push");
        if (jobId.isPresent()) {
            root = root.with("id", Integer.toString(jobId.getAsInt()));
        }
        if (request.incremental().isPresent()) {
            root = root.with(XmlElement.of("incremental", request.incremental().get()));
        }
        if (request instanceof BackupRequest.Pull pulled) {
            root = root.with(server(pulled));
        }
        if (!request.disks().isEmpty()) {
            root = root.with(XmlElement.of("disks")
                    .with(request.disks().stream()
                            .map(disk -> BackupDiskXml.write(disk, pull))
                            .toList()));
        }
        return root.write();
    }

    private static XmlElement server(BackupRequest.Pull request) {
        XmlElement server = XmlElement.of("server");
        server = switch (request.server()) {
            case NbdAddress.Unix(String path) ->
                server.with("transport", "unix").with("socket", path);
            case NbdAddress.Tcp(String host, int port) -> {
                XmlElement named = server.with("transport", "tcp").with("name", host);
                yield port == 0 ? named : named.with("port", Integer.toString(port));
            }
        };
        return request.tls() ? server.with("tls", "yes") : server;
    }
}
