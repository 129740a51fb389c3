package org.virtkeep.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A JSON object to write: names and values in the order they were put. A value that is not there is written as
/// `null`, so that an object of one kind always has the same names.
final class JsonObject {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Map<String, Content> fields = new LinkedHashMap<>();

    /// What can write itself.
    private interface Content {
        void write(JsonGenerator generator) throws IOException;
    }

    JsonObject put(String name, String value) {
        return content(name, generator -> generator.writeString(value));
    }

    JsonObject put(String name, long value) {
        return content(name, generator -> generator.writeNumber(value));
    }

    JsonObject put(String name, boolean value) {
        return content(name, generator -> generator.writeBoolean(value));
    }

    JsonObject put(String name, Instant value) {
        return put(name, value.toString());
    }

    JsonObject put(String name, JsonObject value) {
        return content(name, value::write);
    }

    JsonObject put(String name, List<JsonObject> values) {
        return content(name, generator -> writeArray(generator, values));
    }

    JsonObject putTexts(String name, List<String> values) {
        return content(name, generator -> {
            generator.writeStartArray();
            for (String value : values) {
                generator.writeString(value);
            }
            generator.writeEndArray();
        });
    }

    JsonObject putText(String name, Optional<String> value) {
        return value.isPresent() ? put(name, value.get()) : putNull(name);
    }

    JsonObject putNull(String name) {
        return content(name, JsonGenerator::writeNull);
    }

    private JsonObject content(String name, Content value) {
        fields.put(name, value);
        return this;
    }

    /// The object in one line.
    @Override
    public String toString() {
        return render(this::write);
    }

    static String array(List<JsonObject> values) {
        return render(generator -> writeArray(generator, values));
    }

    private static String render(Content content) {
        var text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            content.write(generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter does not fail
        }
        return text.toString();
    }

    private void write(JsonGenerator generator) throws IOException {
        generator.writeStartObject();
        for (Map.Entry<String, Content> field : fields.entrySet()) {
            generator.writeFieldName(field.getKey());
            field.getValue().write(generator);
        }
        generator.writeEndObject();
    }

    private static void writeArray(JsonGenerator generator, List<JsonObject> values) throws IOException {
        generator.writeStartArray();
        for (JsonObject value : values) {
            value.write(generator);
        }
        generator.writeEndArray();
    }
}
