package org.virtkeep.qemu.machine;

import org.virtkeep.model.DiskSource;
import org.virtkeep.model.XmlElement;

/// A disk's source as the elements of a definition. Stateless.
final class DiskElements {
    private DiskElements() {}

    static String type(DiskSource source) {
        return switch (source) {
            case DiskSource.File _ -> "file";
            case DiskSource.Block _ -> "block";
            case DiskSource.Nbd _ -> "network";
        };
    }

    static XmlElement source(DiskSource source) {
        var element = XmlElement.of("source");
        return switch (source) {
            case DiskSource.File(String path) -> element.with("file", path);
            case DiskSource.Block(String path) -> element.with("dev", path);
            case DiskSource.Nbd nbd ->
                element.with("protocol", "nbd").with("name", nbd.export()).with(host(nbd));
        };
    }

    private static XmlElement host(DiskSource.Nbd nbd) {
        var host = XmlElement.of("host");
        return nbd.socket()
                .map(path -> host.with("transport", "unix").with("socket", path))
                .orElseGet(() ->
                        host.with("name", nbd.host().orElse("localhost")).with("port", Integer.toString(nbd.port())));
    }
}
