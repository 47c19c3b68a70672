/** The version of this package, as its manifest has it: what `node-info` tells. */
export const VERSION = '0.1.0';
