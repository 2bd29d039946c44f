/** The gadget's limits, units last. Give the real server's value and where it comes from. */

/** A line, with its end. Longer ones are refused before they are collected. */
export const line_max_bytes = 4_096;

/** Keys that a shelf holds. */
export const keys_max = 100_000;
