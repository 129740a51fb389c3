package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The worked example of `docs/formats/repository.md` is what this module reads and writes.
class FormatDocumentTest {
    private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    private static final String PACK = "7dbc23c5136df50693e8d9f7e6f55f16886f04bc7571ac6df63f5b770f5d5901";

    private final MemoryStorage storage = new MemoryStorage();
    private String document;

    @BeforeEach
    void readTheDocument() throws IOException {
        Path home = Path.of(System.getProperty("virtkeep.home", "."));
        document = Files.readString(home.resolve("docs/formats/repository.md"));
        storage.objects.put("config", dump("config"));
        storage.objects.put("packs/7d/" + PACK, dump("pack"));
        byte[] index = dump("index");
        storage.objects.put("index/" + HexFormat.of().formatHex(index, index.length - 32, index.length), index);
    }

    private byte[] dump(String name) {
        Matcher block =
                Pattern.compile("```hex " + name + "\n(.*?)```", Pattern.DOTALL).matcher(document);
        assertThat(block.find()).as("the document has a dump '%s'", name).isTrue();
        String digits = block.group(1).replaceAll("(?m)^[0-9a-f]{6} ", "").replaceAll("\\s", "");
        return HexFormat.of().parseHex(digits);
    }

    @Test
    void theConfigurationOpens() throws IOException {
        RepositoryConfig config = RepositoryConfig.load(storage);
        assertThat(config.id()).isEqualTo(ID);
        assertThat(config.chunkSizeBytes()).isEqualTo(65_536);
        assertThat(config.encrypted()).isFalse();
    }

    @Test
    void theDiskRestores() throws IOException {
        try (Repository repository = TestRepositories.open(storage)) {
            ContentHash root = ContentHash.parse("7cc6ff0ca8009942d2b18395c28a937cd48462f234cf80ed979d15542f3bb909");
            MapShape shape = repository.parts().shape(131_072);
            ContentHash treeHash = shape.treeHash(root);
            assertThat(document).contains(treeHash.hex());
            var disk = new DiskInfo("vda", 131_072, root, treeHash, 0, Map.of());
            ByteBuffer content = ByteBuffer.allocate(131_072);
            new DiskReader(repository.parts(), disk).read(0, content);
            byte[] expected = new byte[131_072];
            Arrays.fill(expected, 65_536, 131_072, (byte) 'A');
            assertThat(content.array()).isEqualTo(expected);
            assertThat(repository.check(CheckLevel.data()).problems()).isEmpty();
        }
    }

    @Test
    void theIndexIsWrittenByteForByte() throws IOException {
        var pack = ContentHash.parse(PACK);
        var entries = PackDirectory.read(storage, pack, ID).places();
        var written = new MemoryStorage();
        var writer = new SegmentWriter(written, ID, 10, _ -> 2, 0x0123_4567_89AB_CDEFL);
        for (IndexEntry entry : entries.stream().sorted(IndexEntry.ORDER).toList()) {
            writer.add(entry);
        }
        assertThat(written.objects.get(writer.finish().getFirst().name())).isEqualTo(dump("index"));
    }

    @Test
    void thePackIsWrittenByteForByteFromItsEntries() throws IOException {
        byte[] pack = dump("pack");
        PackDirectory directory = PackDirectory.read(storage, ContentHash.parse(PACK), ID);
        ByteBuffer again = ByteBuffer.allocate(pack.length);
        directory.header().write(again);
        for (IndexEntry place : directory.places()) {
            ByteBuffer stored = ByteBuffer.wrap(pack, place.offset() + EntryHeader.BYTES, place.storedLength());
            EntryHeader header = directory.entries().get(again.position() == PackHeader.BYTES ? 0 : 1);
            header.sealed(stored).write(again);
            again.put(stored.duplicate());
        }
        int end = again.position();
        directory.entries().forEach(entry -> entry.write(again));
        ByteBuffer list = again.duplicate().flip().position(end);
        PackTrailer.of(ByteBuffer.wrap(pack, 0, PackHeader.BYTES), list, 2, end).write(again);
        assertThat(again.array()).isEqualTo(pack);
    }
}
