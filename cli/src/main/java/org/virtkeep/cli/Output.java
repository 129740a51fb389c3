package org.virtkeep.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Where a command's results go, in the form that was asked for. Each `show…` writes to standard output, notes go
/// to standard error.
final class Output {
    private final PrintStream out;
    private final PrintStream err;
    private final BooleanSupplier abandoned;
    private final boolean json;
    private final boolean quiet;

    Output(Surroundings surroundings, boolean json, boolean quiet) {
        this.out = surroundings.out();
        this.err = surroundings.err();
        this.abandoned = surroundings.abandoned();
        this.json = json;
        this.quiet = quiet;
    }

    boolean isJson() {
        return json;
    }

    boolean isQuiet() {
        return quiet;
    }

    /// Text that was asked for, such as XML; ends with a line's end.
    void text(String text) {
        out.print(text.endsWith("\n") ? text : text + "\n");
    }

    /// An XML document, as it is or as `{"xml": …}`.
    void xml(String document) {
        if (json) {
            json(new JsonObject().put("xml", document));
        } else {
            text(document);
        }
    }

    /// A confirmation for people, or what it is about for machines.
    void done(String sentence, JsonObject facts) {
        if (json) {
            json(facts);
        } else if (!quiet) {
            out.println(sentence);
        }
    }

    void table(Table table) {
        out.print(table.render(!quiet));
    }

    /// One value in a line of its own.
    void json(JsonObject value) {
        out.println(value);
    }

    void json(List<JsonObject> values) {
        out.println(JsonObject.array(values));
    }

    /// Something that the user should know though the command did what it was asked to.
    void note(String text) {
        err.println(noteLine(text));
    }

    /// One of several failures of a command that goes on.
    void complain(String text) {
        err.println(text);
    }

    /// A note for those who must write it themselves.
    String noteLine(String text) {
        return json ? new JsonObject().put("note", text).toString() : "note: " + text;
    }

    /// Hands over what was written so far, for commands that go on.
    ///
    /// @return false if nobody reads it any more
    boolean flush() {
        return !out.checkError();
    }

    /// True if nobody reads standard output any more, found out without writing to it.
    boolean isAbandoned() {
        return abandoned.getAsBoolean();
    }
}
