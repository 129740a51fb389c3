/// What clients are told without asking.
package org.virtkeep.daemon.events;
