/// What the tests and the demo of virtkeep stand on: virtual machines without and with a guest, a writer inside
/// the guest and the judge of its copies, images, fault schedules, properties, leak checks.
/// Uses no other module of virtkeep, so that every one of them may use it.
module org.virtkeep.testkit {
    requires transitive com.fasterxml.jackson.databind;
    requires org.opentest4j;

    exports org.virtkeep.testkit;
}
