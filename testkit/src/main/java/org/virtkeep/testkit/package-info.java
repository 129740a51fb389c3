/// Test fixtures. Start with [org.virtkeep.testkit.HaltVm], a QEMU machine in a tenth of a second,
/// [org.virtkeep.testkit.GuestVm], a real Linux guest with a writer inside, and [org.virtkeep.testkit.Judge],
/// which says whether copies of the writer's disks are right.
///
/// Fixtures throw unchecked exceptions or [AssertionError]: a test that cannot get what it needs fails with the
/// reason. Each is used by one thread unless its documentation says more.
package org.virtkeep.testkit;
