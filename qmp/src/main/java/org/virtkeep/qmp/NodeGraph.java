package org.virtkeep.qmp;

import java.util.List;
import java.util.Optional;

/// The block graph at one moment (`XDbgBlockGraph`): block nodes and who uses them.
public record NodeGraph(List<Vertex> vertices, List<Edge> edges) {

    public NodeGraph {
        vertices = List.copyOf(vertices);
        edges = List.copyOf(edges);
    }

    /// What a vertex stands for.
    public enum Kind {
        /// A guest device, an export, or another user of a node.
        BLOCK_BACKEND,
        BLOCK_JOB,
        /// A block node.
        BLOCK_DRIVER,
        /// A kind of a later QEMU that this program does not know.
        UNKNOWN
    }

    /// @param id valid within this graph only
    /// @param name of a block node its node name, of a job its id, of a guest device its path; may be empty
    public record Vertex(long id, Kind kind, String name) {

        private static Vertex from(JsonObject vertex) throws QmpException.Protocol {
            Kind kind = WireName.parse(Kind.class, vertex.text("type")).orElse(Kind.UNKNOWN);
            return new Vertex(vertex.number("id"), kind, vertex.text("name"));
        }
    }

    /// `parent` uses `child`.
    ///
    /// @param role what the parent uses the child for, such as `file`, `backing` or `root`
    /// @param permissions what the parent does with the child, such as `write`
    /// @param sharedPermissions what the parent lets others do meanwhile
    public record Edge(long parent, long child, String role, List<String> permissions, List<String> sharedPermissions) {

        public Edge {
            permissions = List.copyOf(permissions);
            sharedPermissions = List.copyOf(sharedPermissions);
        }

        private static Edge from(JsonObject edge) throws QmpException.Protocol {
            return new Edge(
                    edge.number("parent"),
                    edge.number("child"),
                    edge.text("name"),
                    edge.texts("perm"),
                    edge.texts("shared-perm"));
        }
    }

    /// The block node with this name.
    public Optional<Vertex> node(String name) {
        return vertices.stream()
                .filter(vertex ->
                        vertex.kind() == Kind.BLOCK_DRIVER && vertex.name().equals(name))
                .findFirst();
    }

    public Optional<Vertex> vertex(long id) {
        return vertices.stream().filter(vertex -> vertex.id() == id).findFirst();
    }

    /// The uses that `parent` makes of others.
    public List<Edge> below(Vertex parent) {
        return edges.stream().filter(edge -> edge.parent() == parent.id()).toList();
    }

    /// The uses that others make of `child`.
    public List<Edge> above(Vertex child) {
        return edges.stream().filter(edge -> edge.child() == child.id()).toList();
    }

    static NodeGraph from(JsonObject graph) throws QmpException.Protocol {
        return new NodeGraph(graph.list("nodes", Vertex::from), graph.list("edges", Edge::from));
    }
}
