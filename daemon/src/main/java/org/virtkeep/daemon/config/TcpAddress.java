package org.virtkeep.daemon.config;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where to listen for remote clients.
///
/// @param host an address or name of this host; `*` for all of its addresses
/// @param port 0 lets the system choose
public record TcpAddress(String host, int port) {
    /// libvirt's port for TLS.
    public static final int STANDARD_PORT = 16_514;

    private static final Pattern FORM = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]\\s]+)(?::([0-9]{1,5}))?");
    private static final int MAX_PORT = 65_535;

    static TcpAddress parse(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            int port = form.group(2) == null ? STANDARD_PORT : Integer.parseInt(form.group(2));
            if (port <= MAX_PORT) {
                return new TcpAddress(form.group(1).replaceAll("[\\[\\]]", ""), port);
            }
        }
        throw new IllegalArgumentException("must be HOST[:PORT], such as backup1.example.org:16514, [::1] or *");
    }

    /// Asks the system for the host's address.
    public InetSocketAddress resolve() {
        return host.equals("*") ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
