/// Comparisons with peers, side by side in one run. Not part of what is shipped.
module org.virtkeep.bench {
    requires com.fasterxml.jackson.databind;
    requires org.virtkeep.model;
    requires org.virtkeep.nbd;
    requires org.virtkeep.testkit;
}
