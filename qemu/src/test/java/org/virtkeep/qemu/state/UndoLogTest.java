package org.virtkeep.qemu.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class UndoLogTest {
    @Test
    void undoesEverythingInReverseWhateverFails() {
        var done = new ArrayList<String>();
        assertThatThrownBy(() -> {
                    try (var undo = new UndoLog()) {
                        undo.push("first", () -> done.add("first"));
                        undo.push("second", () -> {
                            throw new IOException("no");
                        });
                        undo.push("third", () -> done.add("third"));
                        throw new IllegalArgumentException("the work failed");
                    }
                })
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .satisfies(undoing -> assertThat(undoing)
                                .hasMessage("could not undo: second")
                                .hasRootCauseMessage("no")));
        assertThat(done).containsExactly("third", "first");
    }

    @Test
    void undoesNothingOnceReleased() {
        var done = new ArrayList<String>();
        try (var undo = new UndoLog()) {
            undo.push("first", () -> done.add("first"));
            undo.release();
        }
        assertThat(done).isEmpty();
    }
}
