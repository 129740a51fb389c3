/// What clients call, by topic: each class adds the handlers of one topic to the dispatcher, and translates between
/// the records of `rpc` and the calls of `api`.
package org.virtkeep.daemon.procedures;
