package org.virtkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.ConsoleAppender;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LogConfiguratorTest {

    @BeforeEach
    void forgetOtherTests() {
        System.clearProperty(LogConfigurator.DEBUG_PROPERTY);
    }

    @Test
    void isFoundByLogback() {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr"))
                .isInstanceOf(ConsoleAppender.class);
    }

    @Test
    void showsWarningsUnlessDebuggingIsWanted() {
        assertThat(rootLevel()).isEqualTo(Level.WARN);
        System.setProperty(LogConfigurator.DEBUG_PROPERTY, "true");
        try {
            assertThat(rootLevel()).isEqualTo(Level.DEBUG);
        } finally {
            System.clearProperty(LogConfigurator.DEBUG_PROPERTY);
        }
    }

    private static Level rootLevel() {
        var context = new LoggerContext();
        new LogConfigurator().configure(context);
        return context.getLogger(Logger.ROOT_LOGGER_NAME).getLevel();
    }
}
