/// Lines on standard error for what is logged.
package org.virtkeep.log;
