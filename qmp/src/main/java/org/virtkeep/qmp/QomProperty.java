package org.virtkeep.qmp;

/// One property of an object in QEMU (`ObjectPropertyInfo`).
///
/// @param type the type's name; `child<…>` and `link<…>` lead to other objects
public record QomProperty(String name, String type) {

    static QomProperty from(JsonObject property) throws QmpException.Protocol {
        return new QomProperty(property.text("name"), property.text("type"));
    }
}
