package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;

/// `remote_typed_param`: a named value that says its own type.
public record TypedParameter(String field, Value value) {

    static final XdrCodec<TypedParameter> CODEC = XdrCodec.of(
            (parameter, out) -> {
                out.string(parameter.field);
                writeValue(parameter.value, out);
            },
            in -> new TypedParameter(in.string(), readValue(in)));

    /// The members of `remote_typed_param_value`, with libvirt's numbers (`virTypedParameterType`).
    public sealed interface Value {
        /// Type 1.
        record Int32(int value) implements Value {}

        /// Type 2; the full unsigned range.
        record UnsignedInt32(int value) implements Value {}

        /// Type 3.
        record Int64(long value) implements Value {}

        /// Type 4; the full unsigned range.
        record UnsignedInt64(long value) implements Value {}

        /// Type 5.
        record Float64(double value) implements Value {}

        /// Type 6.
        record Bool(boolean value) implements Value {}

        /// Type 7.
        record Text(String value) implements Value {}
    }

    public static TypedParameter int32(String field, int value) {
        return new TypedParameter(field, new Value.Int32(value));
    }

    public static TypedParameter unsignedInt32(String field, int value) {
        return new TypedParameter(field, new Value.UnsignedInt32(value));
    }

    public static TypedParameter int64(String field, long value) {
        return new TypedParameter(field, new Value.Int64(value));
    }

    public static TypedParameter unsignedInt64(String field, long value) {
        return new TypedParameter(field, new Value.UnsignedInt64(value));
    }

    public static TypedParameter float64(String field, double value) {
        return new TypedParameter(field, new Value.Float64(value));
    }

    public static TypedParameter bool(String field, boolean value) {
        return new TypedParameter(field, new Value.Bool(value));
    }

    public static TypedParameter text(String field, String value) {
        return new TypedParameter(field, new Value.Text(value));
    }

    /// The first value of that name.
    public static Optional<Value> find(List<TypedParameter> parameters, String field) {
        return parameters.stream()
                .filter(parameter -> parameter.field.equals(field))
                .map(TypedParameter::value)
                .findFirst();
    }

    private static void writeValue(Value value, XdrWriter out) {
        switch (value) {
            case Value.Int32(int number) -> out.int32(1).int32(number);
            case Value.UnsignedInt32(int number) -> out.int32(2).int32(number);
            case Value.Int64(long number) -> out.int32(3).int64(number);
            case Value.UnsignedInt64(long number) -> out.int32(4).int64(number);
            case Value.Float64(double number) -> out.int32(5).float64(number);
            case Value.Bool(boolean truth) -> out.int32(6).bool(truth);
            case Value.Text(String text) -> out.int32(7).string(text);
        }
    }

    private static Value readValue(XdrReader in) throws XdrException {
        int at = in.position();
        int type = in.int32();
        return switch (type) {
            case 1 -> new Value.Int32(in.int32());
            case 2 -> new Value.UnsignedInt32(in.int32());
            case 3 -> new Value.Int64(in.int64());
            case 4 -> new Value.UnsignedInt64(in.int64());
            case 5 -> new Value.Float64(in.float64());
            case 6 -> new Value.Bool(in.bool());
            case 7 -> new Value.Text(in.string());
            default -> throw new XdrException(at, "typed parameter of the unknown type " + type);
        };
    }
}
