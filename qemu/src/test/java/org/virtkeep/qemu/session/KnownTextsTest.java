package org.virtkeep.qemu.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownTextsTest {
    private final List<String> parsed = new ArrayList<>();
    private final KnownTexts<Integer> texts = new KnownTexts<>(text -> {
        parsed.add(text);
        return Integer.valueOf(text);
    });

    @Test
    void aTextIsParsedOnce() {
        assertThat(texts.read("17")).isEqualTo(17);
        assertThat(texts.read("17")).isEqualTo(17);
        assertThat(texts.read("18")).isEqualTo(18);
        assertThat(parsed).containsExactly("17", "18");
    }

    @Test
    void whatCannotBeParsedIsTriedAgain() {
        assertThatThrownBy(() -> texts.read("x")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> texts.read("x")).isInstanceOf(NumberFormatException.class);
        assertThat(parsed).containsExactly("x", "x");
    }

    @Test
    void whatHasNotBeenAskedForInALongTimeIsForgotten() {
        texts.read("0");
        for (int i = 1; i <= 100; i++) {
            texts.read(Integer.toString(i));
        }
        texts.read("0");
        assertThat(parsed).hasSize(102);
    }

    @Test
    void longTextsAreNotKept() {
        String text = "0".repeat(70_000) + "1";
        assertThat(texts.read(text)).isEqualTo(1);
        assertThat(texts.read(text)).isEqualTo(1);
        assertThat(parsed).hasSize(2);
    }
}
