package org.virtkeep.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class XmlElementTest {

    @Test
    void runsInItsModule() {
        assertEquals("org.virtkeep.model", XmlElement.class.getModule().getName());
    }

    @Test
    void printsInLibvirtsLayout() {
        String document = """
                <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
                  <name>one</name>
                  <features>
                    <acpi/>
                  </features>
                  <qemu:commandline>
                    <qemu:arg value='-foo'/>
                  </qemu:commandline>
                </domain>
                """;
        assertThat(XmlElement.read(document).write()).isEqualTo(document);
    }

    @Test
    void escapesSoThatEveryTextComesBack() {
        String nasty = "a<b>&'\"\t\r\n ]]> é 𝄞";
        XmlElement element = XmlElement.of("a").with("b", nasty).with(XmlElement.of("c", nasty));
        assertThat(XmlElement.read(element.write())).isEqualTo(element);
    }

    @Test
    void dropsCommentsInstructionsAndLayout() {
        XmlElement element = XmlElement.read("<?xml version='1.0'?><a> <!-- no --> <?no?> <b/><![CDATA[ ]]></a>");
        assertThat(element).isEqualTo(XmlElement.of("a").with(XmlElement.of("b")));
    }

    @Test
    void takesTextFromCdataAndReferences() {
        assertThat(XmlElement.read("<a>x<![CDATA[<y>]]>&#65;&amp;</a>").text()).isEqualTo("x<y>A&");
    }

    @Test
    void keepsTheOrderOfAttributes() {
        assertThat(XmlElement.read("<a z='1' b='2' y='3'/>").attributes().keySet())
                .containsExactly("z", "b", "y");
    }

    @Test
    void findsChildrenAndAttributes() {
        XmlElement element = XmlElement.read("<a x='1'><b>one</b><c/><b>two</b></a>");
        assertThat(element.attribute("x")).hasValue("1");
        assertThat(element.attribute("y")).isEmpty();
        assertThat(element.children("b")).extracting(XmlElement::text).containsExactly("one", "two");
        assertThat(element.childText("b")).hasValue("one");
        assertThat(element.childText("c")).hasValue("");
        assertThat(element.childText("d")).isEmpty();
        assertThat(element.requireChild("c")).isEqualTo(XmlElement.of("c"));
        Refusals.refused(ErrorCode.XML_ERROR, () -> element.requireChild("d"), "element 'a'", "'d'");
        Refusals.refused(ErrorCode.XML_ERROR, () -> element.requireAttribute("y"), "element 'a'", "'y'");
    }

    @Test
    void refusesWhatIsNotWellFormedWithItsLine() {
        VirtException refused =
                Refusals.refused(ErrorCode.XML_DETAIL, () -> XmlElement.read("<a>\n<b>\n</a>"), "line 3");
        assertThat(refused.domain()).isEqualTo(ErrorDomain.DOMAIN);
        for (String document :
                new String[] {"", " \n", "a", "<a", "<a/><b/>", "<a b='1' b='2'/>", "<a>&x;</a>", "<a>\u0001</a>"}) {
            Refusals.refused(ErrorCode.XML_DETAIL, () -> XmlElement.read(document));
        }
    }

    @Test
    void refusesDoctypeAndWithItEveryEntity() {
        String external = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>";
        String laughs = "<!DOCTYPE a [<!ENTITY x 'ha'><!ENTITY y '&x;&x;'>]><a>&y;</a>";
        for (String document : new String[] {external, laughs, "<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/'><a/>"}) {
            Refusals.refused(ErrorCode.XML_DETAIL, () -> XmlElement.read(document), "DOCTYPE");
        }
    }

    @Test
    void refusesAnotherVersionOfXml() {
        Refusals.refused(ErrorCode.XML_DETAIL, () -> XmlElement.read("<?xml version='1.1'?><a>&#1;</a>"), "1.1");
    }

    @Test
    void limitsSizeDepthAndNumber() {
        String blanks = " ".repeat(XmlParser.MAX_DOCUMENT_CHARS - 4);
        assertThat(XmlElement.read("<a/>" + blanks).name()).isEqualTo("a");
        Refusals.refused(ErrorCode.XML_DETAIL, () -> XmlElement.read("<a/> " + blanks), "4194304");
        assertThat(XmlElement.read(nested(XmlParser.MAX_DEPTH)).name()).isEqualTo("a");
        Refusals.refused(ErrorCode.XML_DETAIL, () -> XmlElement.read(nested(XmlParser.MAX_DEPTH + 1)), "256");
        assertThat(XmlElement.read(wide(XmlParser.MAX_ELEMENTS)).children()).hasSize(XmlParser.MAX_ELEMENTS - 1);
        Refusals.refused(ErrorCode.XML_DETAIL, () -> XmlElement.read(wide(XmlParser.MAX_ELEMENTS + 1)), "100000");
    }

    private static String nested(int depth) {
        return "<a>".repeat(depth) + "</a>".repeat(depth);
    }

    private static String wide(int elements) {
        return "<a>" + "<b/>".repeat(elements - 1) + "</a>";
    }

    @Test
    void refusesToWriteWhatXmlCannotHold() {
        for (String text : new String[] {"\u0000", "\u001f", "\ufffe", "\ud800"}) {
            Refusals.refused(
                    ErrorCode.INVALID_ARG, () -> XmlElement.of("a", text).write(), "U+");
        }
    }
}
