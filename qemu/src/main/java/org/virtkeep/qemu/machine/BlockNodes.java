package org.virtkeep.qemu.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.DiskSource;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.qemu.state.Json;

/// The block graph of a disk, as the options of `-blockdev` or `blockdev-add`. Stateless.
///
/// A disk `vda` has the format node `vda` on the protocol node `vda-f`, with `vda-d` for an external data
/// file; the images below are `vda-b1`, `vda-b1-f`, … from the top down. The device uses node `vda`.
public final class BlockNodes {
    private BlockNodes() {}

    /// The nodes of a disk, each after those it uses.
    ///
    /// @param layers the images, the active one first
    public static List<ObjectNode> of(DomainDisk disk, List<ImageLayer> layers) {
        var nodes = new ArrayList<ObjectNode>();
        Optional<String> backing = Optional.empty();
        for (int depth = layers.size() - 1; depth >= 0; depth--) {
            String name = depth == 0 ? disk.target() : disk.target() + "-b" + depth;
            addLayer(nodes, disk, name, layers.get(depth), depth > 0, backing);
            backing = Optional.of(name);
        }
        return nodes;
    }

    private static void addLayer(
            List<ObjectNode> nodes,
            DomainDisk disk,
            String name,
            ImageLayer layer,
            boolean isBacking,
            Optional<String> backing) {
        nodes.add(protocolNode(disk, name + "-f", layer.source()));
        layer.dataFile().ifPresent(file -> nodes.add(protocolNode(disk, name + "-d", ImageChain.localSource(file))));
        ObjectNode node =
                object().put("driver", layer.format()).put("node-name", name).put("file", name + "-f");
        layer.dataFile().ifPresent(_ -> node.put("data-file", name + "-d"));
        if (isBacking || disk.readOnly()) {
            node.put("read-only", true);
        }
        if (!layer.format().equals("raw")) {
            backing.ifPresentOrElse(below -> node.put("backing", below), () -> node.putNull("backing"));
        }
        if (!isBacking) {
            disk.detectZeroes().ifPresent(mode -> node.put("detect-zeroes", mode));
        }
        addCommon(node, disk);
        nodes.add(node);
    }

    /// Never `read-only`: a node opened so cannot be made writable when a commit needs it.
    private static ObjectNode protocolNode(DomainDisk disk, String name, DiskSource source) {
        ObjectNode node = protocol(source);
        node.put("node-name", name).put("auto-read-only", true);
        if (!(source instanceof DiskSource.Nbd)) {
            disk.io().ifPresent(io -> node.put("aio", io));
        }
        addCommon(node, disk);
        return node;
    }

    private static void addCommon(ObjectNode node, DomainDisk disk) {
        node.put("discard", disk.discard().orElse("unmap"));
        disk.cache().ifPresent(cache -> node.set("cache", cacheOptions(cache)));
    }

    private static ObjectNode cacheOptions(String cache) {
        return object().put("direct", cache.equals("none") || cache.equals("directsync"))
                .put("no-flush", cache.equals("unsafe"));
    }

    /// What opens a source: driver and address.
    static ObjectNode protocol(DiskSource source) {
        return switch (source) {
            case DiskSource.File(String path) -> object().put("driver", "file").put("filename", path);
            case DiskSource.Block(String path) ->
                object().put("driver", "host_device").put("filename", path);
            case DiskSource.Nbd nbd -> {
                ObjectNode node = object().put("driver", "nbd");
                node.set("server", server(nbd));
                yield node.put("export", nbd.export());
            }
        };
    }

    private static ObjectNode server(DiskSource.Nbd nbd) {
        return nbd.socket()
                .map(path -> object().put("type", "unix").put("path", path))
                .orElseGet(() -> object().put("type", "inet")
                        .put("host", nbd.host().orElse("localhost"))
                        .put("port", Integer.toString(nbd.port())));
    }

    static ObjectNode object() {
        return Json.object();
    }
}
