package org.virtkeep.model;

import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.ext.DefaultHandler2;

/// The hardened SAX readers of [XmlParser]. Making one costs several times what it costs to read a
/// domain's document, so they are used again; but not one that has met a document it could not read.
/// Thread-safe.
final class XmlReaders {
    private static final String SAX = "http://xml.org/sax/features/";

    /// More threads than this rarely parse at once; what comes beyond is dropped.
    private static final int KEPT = 4;

    private static final DefaultHandler2 NOBODY = new DefaultHandler2();

    private final BlockingQueue<XMLReader> idle = new ArrayBlockingQueue<>(KEPT);

    /// Tells `handler` what is in `document`.
    void parse(String document, DefaultHandler2 handler) throws SAXException, IOException {
        XMLReader reader = Optional.ofNullable(idle.poll()).orElseGet(XmlReaders::hardened);
        connect(reader, handler);
        reader.parse(new InputSource(new StringReader(document)));
        connect(reader, NOBODY); // so that it keeps nothing of the document
        idle.offer(reader);
    }

    private static void connect(XMLReader reader, DefaultHandler2 handler) throws SAXException {
        reader.setContentHandler(handler);
        reader.setErrorHandler(handler);
        reader.setProperty("http://xml.org/sax/properties/lexical-handler", handler);
    }

    private static XMLReader hardened() {
        try {
            SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
            factory.setNamespaceAware(false);
            factory.setXIncludeAware(false);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature(SAX + "external-general-entities", false);
            factory.setFeature(SAX + "external-parameter-entities", false);
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            XMLReader reader = factory.newSAXParser().getXMLReader();
            reader.setProperty(
                    "jdk.xml.maxElementDepth", Integer.toString(XmlParser.MAX_DEPTH + 1)); // ours speaks first
            return reader;
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("this Java has no XML parser that can be hardened", e);
        }
    }
}
