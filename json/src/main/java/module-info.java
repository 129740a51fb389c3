/// JSON text to trees and back.
module org.virtkeep.json {
    requires transitive com.fasterxml.jackson.databind;

    exports org.virtkeep.json;
}
