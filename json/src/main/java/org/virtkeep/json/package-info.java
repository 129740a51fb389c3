/// JSON text to trees and back.
package org.virtkeep.json;
