package org.virtkeep.qemu.block;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qmp.BlockNode;
import org.virtkeep.qmp.NodeGraph;
import org.virtkeep.qmp.QueryBlockGraph;
import org.virtkeep.qmp.QueryNamedBlockNodes;

/// All named nodes of a QEMU and how they stand on each other, at one moment.
public final class BlockGraph {

    /// Drivers that pass requests on to the node below and hold no data themselves.
    private static final Set<String> FILTERS = Set.of(
            "copy-before-write",
            "throttle",
            "copy-on-read",
            "preallocate",
            "compress",
            "blkdebug",
            "blklogwrites",
            "commit_top",
            "mirror_top");

    /// The roles in which a filter uses the node that it passes requests on to.
    private static final List<String> FILTERED_ROLES = List.of("file", "backing");

    private final Map<String, BlockNode> nodes;
    private final NodeGraph edges;

    private BlockGraph(List<BlockNode> nodes, NodeGraph edges) {
        this.nodes = nodes.stream().collect(Collectors.toMap(BlockNode::name, Function.identity()));
        this.edges = edges;
    }

    /// Asks QEMU.
    ///
    /// @throws org.virtkeep.model.VirtException if the domain does not run or does not answer
    public static BlockGraph query(DomainSession session) {
        return ask(session).get();
    }

    /// As [#query], for who has more to ask: QEMU is asked now, and the answer waited for later.
    public static Supplier<BlockGraph> ask(DomainSession session) {
        Supplier<List<BlockNode>> nodes = session.ask(new QueryNamedBlockNodes());
        Supplier<NodeGraph> edges = session.ask(new QueryBlockGraph());
        return () -> new BlockGraph(nodes.get(), edges.get());
    }

    public Optional<BlockNode> node(String name) {
        return Optional.ofNullable(nodes.get(name));
    }

    /// The images of a disk, the active layer first, without filters.
    ///
    /// @throws IllegalStateException if the graph has changed since the disk was asked for
    public DiskChain chain(LiveDisk disk) {
        var layers = new ArrayList<BlockNode>();
        for (Optional<BlockNode> next = image(disk.node()); next.isPresent(); next = backing(next.get())) {
            layers.add(next.get());
        }
        if (layers.isEmpty()) {
            throw new IllegalStateException(
                    "disk '%s' has no image below node '%s'".formatted(disk.target(), disk.node()));
        }
        return new DiskChain(disk.target(), layers);
    }

    /// The nodes below a node that hold its data, and not another image: file and data file.
    public List<String> storage(String name) {
        return node(name).stream()
                .flatMap(node -> List.of("file", "data-file").stream().flatMap(role -> child(node, role).stream()))
                .toList();
    }

    private Optional<BlockNode> backing(BlockNode layer) {
        return child(layer, "backing").flatMap(this::image);
    }

    /// The node itself, or what is below it if it is a filter.
    private Optional<BlockNode> image(String name) {
        Optional<BlockNode> node = node(name);
        while (node.isPresent() && FILTERS.contains(node.get().driver())) {
            BlockNode filter = node.get();
            node = FILTERED_ROLES.stream()
                    .flatMap(role -> child(filter, role).stream())
                    .findFirst()
                    .flatMap(this::node);
        }
        return node;
    }

    /// The node that another one uses in a role such as `file` or `backing`, be it a filter or not.
    public Optional<String> child(BlockNode parent, String role) {
        if (parent.children().isPresent()) {
            return parent.children().get().stream()
                    .filter(child -> child.role().equals(role))
                    .map(BlockNode.Child::nodeName)
                    .findFirst();
        }
        return edges.node(parent.name()).stream()
                .flatMap(vertex -> edges.below(vertex).stream())
                .filter(edge -> edge.role().equals(role))
                .flatMap(edge -> edges.vertex(edge.child()).stream())
                .map(NodeGraph.Vertex::name)
                .findFirst();
    }
}
