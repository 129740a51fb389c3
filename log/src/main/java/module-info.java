/// The log of our programs. Modules log by slf4j and do not know this one; programs say what is written, and how.
module org.virtkeep.log {
    requires transitive org.slf4j;

    exports org.virtkeep.log;

    provides org.slf4j.spi.SLF4JServiceProvider with
            org.virtkeep.log.LogProvider;
}
