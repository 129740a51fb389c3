package org.virtkeep.qmp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/// `block-export-add` with type `nbd` (qapi/block-export.json, since 5.2): offers a node to NBD clients.
///
/// @param id the export's id in QEMU
/// @param exportName the name that clients ask for
/// @param bitmaps dirty bitmaps that clients can read as `qemu:dirty-bitmap:NAME`
/// @param allocationDepth whether clients can read `qemu:allocation-depth`
public record AddNbdExport(
        String id,
        String nodeName,
        String exportName,
        boolean writable,
        Optional<String> description,
        List<BitmapReference> bitmaps,
        boolean allocationDepth)
        implements QmpAction {

    public AddNbdExport {
        bitmaps = List.copyOf(bitmaps);
    }

    public static AddNbdExport readOnly(String id, String nodeName, String exportName) {
        return new AddNbdExport(id, nodeName, exportName, false, Optional.empty(), List.of(), false);
    }

    public static AddNbdExport writable(String id, String nodeName, String exportName) {
        return new AddNbdExport(id, nodeName, exportName, true, Optional.empty(), List.of(), false);
    }

    public AddNbdExport withDescription(String text) {
        return new AddNbdExport(id, nodeName, exportName, writable, Optional.of(text), bitmaps, allocationDepth);
    }

    public AddNbdExport withBitmaps(List<BitmapReference> offered) {
        return new AddNbdExport(id, nodeName, exportName, writable, description, offered, allocationDepth);
    }

    public AddNbdExport withAllocationDepth() {
        return new AddNbdExport(id, nodeName, exportName, writable, description, bitmaps, true);
    }

    @Override
    public String name() {
        return "block-export-add";
    }

    @Override
    public ObjectNode arguments() {
        ObjectNode arguments = Json.object("type", "nbd")
                .put("id", id)
                .put("node-name", nodeName)
                .put("name", exportName);
        if (writable) {
            arguments.put("writable", true);
        }
        description.ifPresent(text -> arguments.put("description", text));
        if (!bitmaps.isEmpty()) {
            arguments.set(
                    "bitmaps",
                    Json.array(bitmaps.stream().map(BitmapReference::toJson).toList()));
        }
        if (allocationDepth) {
            arguments.put("allocation-depth", true);
        }
        return arguments;
    }
}
