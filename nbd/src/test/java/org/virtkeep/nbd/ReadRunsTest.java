package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.virtkeep.testkit.Property;

class ReadRunsTest {

    @Test
    void partsMayComeInAnyOrder() {
        Property.forAll(300, random -> {
            int length = random.nextInt(1, 100_000);
            var cuts = random.ints(random.nextInt(0, 20), 1, length + 1)
                    .sorted()
                    .distinct()
                    .boxed()
                    .toList();
            var parts = new ArrayList<ReadRuns.Run>();
            int at = 0;
            for (int cut : cuts) {
                parts.add(new ReadRuns.Run(at, cut - at, random.nextBoolean()));
                at = cut;
            }
            if (at < length) {
                parts.add(new ReadRuns.Run(at, length - at, random.nextBoolean()));
            }
            var holes = new BitSet();
            parts.stream().filter(ReadRuns.Run::hole).forEach(hole -> holes.set(hole.offset(), hole.end()));
            Collections.shuffle(parts, new Random(random.nextLong()));

            var runs = new ReadRuns(length);
            for (ReadRuns.Run part : parts) {
                assertThat(runs.complete()).isFalse();
                runs.add(part.offset(), part.length(), part.hole());
            }

            assertThat(runs.complete()).isTrue();
            var reported = new BitSet();
            int end = 0;
            for (ReadRuns.Run run : runs.runs()) {
                assertThat(run.offset()).isEqualTo(end);
                end = run.end();
                if (run.hole()) {
                    reported.set(run.offset(), run.end());
                }
            }
            assertThat(end).isEqualTo(length);
            assertThat(reported).isEqualTo(holes);
        });
    }

    @Test
    void neighboursOfOneKindAreOneRun() throws NbdException {
        var runs = new ReadRuns(300);
        runs.add(0, 100, false);
        runs.add(100, 100, false);
        runs.add(200, 100, true);
        assertThat(runs.runs()).isEqualTo(List.of(new ReadRuns.Run(0, 200, false), new ReadRuns.Run(200, 100, true)));
    }

    @Test
    void refusesWhatOverlapsOrLeavesTheRead() throws NbdException {
        var runs = new ReadRuns(1000);
        runs.add(100, 100, false);
        refuses(runs, 100, 100);
        refuses(runs, 0, 101);
        refuses(runs, 199, 1);
        refuses(runs, 0, 1000);
        refuses(runs, -1, 10);
        refuses(runs, 991, 10);
        refuses(runs, 500, 0);
        refuses(runs, Long.MAX_VALUE, Long.MAX_VALUE);
        refuses(runs, 5, 0xffff_fff7L);
    }

    @Test
    void refusesAReadInCrumbs() throws NbdException {
        var runs = new ReadRuns(1024);
        for (int i = 0; i < 18; i++) {
            runs.add(2 * i, 1, false);
        }
        refuses(runs, 500, 1);
    }

    private static void refuses(ReadRuns runs, long offset, long length) {
        assertThatThrownBy(() -> runs.add(offset, length, false)).isInstanceOf(NbdException.Protocol.class);
    }
}
