package org.virtkeep.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.PrettyPrinter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/// JSON text to Jackson's trees and back, with Jackson's parser and generator but without its mapper: to load
/// that takes 30 ms, which every command line and every keeper would pay for. Immutable and thread-safe.
///
/// For the same reason nobody should call a tree's `toString` on the usual way of things: it makes a mapper.
public final class JsonText {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /// With Jackson's usual limits.
    public static final JsonText USUAL = new JsonText(new JsonFactory());

    private final JsonFactory factory;

    /// @param factory says what is accepted, such as how deep a tree may be
    public JsonText(JsonFactory factory) {
        this.factory = factory;
    }

    /// Reads exactly one value.
    ///
    /// @param text in UTF-8
    /// @return a missing node if there is nothing but blanks
    /// @throws com.fasterxml.jackson.core.JsonProcessingException if it is not JSON, is more than one value,
    ///     or is more than the factory accepts
    public JsonNode read(byte[] text) throws IOException {
        try (JsonParser parser = factory.createParser(text)) {
            if (parser.nextToken() == null) {
                return NODES.missingNode();
            }
            JsonNode tree = value(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "there is more behind the value");
            }
            return tree;
        }
    }

    private static JsonNode value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw new JsonParseException(parser, "unexpected " + parser.currentToken());
        };
    }

    private static JsonNode object(JsonParser parser) throws IOException {
        var object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            object.set(name, value(parser));
        }
        return object;
    }

    private static JsonNode array(JsonParser parser) throws IOException {
        var array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(parser));
        }
        return array;
    }

    private static JsonNode integer(JsonParser parser) throws IOException {
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> NODES.numberNode(parser.getBigIntegerValue());
        };
    }

    /// One line, without its end. Half a surrogate pair in a text stays one.
    public String line(JsonNode tree) {
        return write(tree, Optional.empty());
    }

    /// Indented, for people who look at it.
    public String lines(JsonNode tree) {
        return write(tree, Optional.of(new DefaultPrettyPrinter()));
    }

    private String write(JsonNode tree, Optional<PrettyPrinter> style) {
        var text = new StringWriter();
        try (JsonGenerator generator = factory.createGenerator(text)) {
            style.ifPresent(generator::setPrettyPrinter);
            write(tree, generator);
        } catch (IOException e) {
            throw new UncheckedIOException("a tree of JSON nodes could not be written", e); // into memory
        }
        return text.toString();
    }

    /// Not with a parser of the tree, which Jackson has: the first parser in a process prepares for very large
    /// decimal numbers, and that takes longer than all the rest.
    private static void write(JsonNode node, JsonGenerator generator) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> {
                generator.writeStartObject(node);
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    generator.writeFieldName(field.getKey());
                    write(field.getValue(), generator);
                }
                generator.writeEndObject();
            }
            case ARRAY -> {
                generator.writeStartArray(node, node.size());
                for (JsonNode element : node) {
                    write(element, generator);
                }
                generator.writeEndArray();
            }
            case STRING -> generator.writeString(node.textValue());
            case NUMBER -> writeNumber(node, generator);
            case BOOLEAN -> generator.writeBoolean(node.booleanValue());
            case NULL -> generator.writeNull();
            case BINARY -> generator.writeBinary(node.binaryValue());
            case MISSING, POJO -> throw new IOException(node.getNodeType() + " is not JSON");
        }
    }

    private static void writeNumber(JsonNode number, JsonGenerator generator) throws IOException {
        switch (number.numberType()) {
            case INT, LONG -> generator.writeNumber(number.longValue());
            case FLOAT -> generator.writeNumber(number.floatValue());
            case DOUBLE -> generator.writeNumber(number.doubleValue());
            case BIG_INTEGER -> generator.writeNumber(number.bigIntegerValue());
            case BIG_DECIMAL -> generator.writeNumber(number.decimalValue());
        }
    }
}
