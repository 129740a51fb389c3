package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virtkeep.api.Metadata;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.XmlElement;

class NotesTest {
    private static final Metadata OWNER = new Metadata.Element("urn:owner");
    private static final Metadata OTHER = new Metadata.Element("urn:other");
    private static final XmlElement DOMAIN =
            XmlElement.read("<domain><name>vm</name><uuid>u</uuid><memory>1</memory></domain>");

    private static XmlElement with(XmlElement domain, Metadata which, String text) {
        return Notes.change(domain, which, Optional.of(text), Optional.of("p"));
    }

    @Test
    void aTitleStandsBehindTheNameAndADescriptionBehindTheTitle() {
        XmlElement noted = with(with(DOMAIN, new Metadata.Description(), "long"), new Metadata.Title(), "short");
        assertThat(noted.children())
                .extracting(XmlElement::name)
                .containsExactly("name", "uuid", "title", "description", "memory");
        XmlElement without = Notes.change(noted, new Metadata.Title(), Optional.empty(), Optional.empty());
        assertThat(Notes.read(without, new Metadata.Title())).isEmpty();
        assertThat(Notes.read(without, new Metadata.Description())).hasValue("long");
    }

    @Test
    void anElementIsReadAsItWasGivenAndKeptInItsNamespace() {
        XmlElement noted = with(with(DOMAIN, OWNER, "<who a='1'><is>me</is></who>"), OTHER, "<x/>");
        assertThat(noted.write()).contains("<p:who a='1' xmlns:p='urn:owner'>", "<p:is>me</p:is>");
        assertThat(Notes.read(noted, OWNER).map(XmlElement::read))
                .hasValue(XmlElement.read("<who a='1'><is>me</is></who>"));
        XmlElement without = Notes.change(noted, OWNER, Optional.empty(), Optional.empty());
        assertThat(Notes.read(without, OWNER)).isEmpty();
        assertThat(Notes.read(without, OTHER)).hasValue("<x/>");
    }

    @Test
    void anElementNeedsAPrefixThatXmlAllows() {
        assertRefused(ErrorCode.INVALID_ARG, () -> Notes.change(DOMAIN, OWNER, Optional.of("<a/>"), Optional.empty()));
        assertRefused(
                ErrorCode.INVALID_ARG, () -> Notes.change(DOMAIN, OWNER, Optional.of("<a/>"), Optional.of("1 x")));
        assertRefused(ErrorCode.XML_DETAIL, () -> with(DOMAIN, OWNER, "no element"));
    }
}
