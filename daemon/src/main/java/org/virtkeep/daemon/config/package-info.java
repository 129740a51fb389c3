/// What an administrator can set: names, values with their units, defaults, and what is said of a mistake.
package org.virtkeep.daemon.config;
