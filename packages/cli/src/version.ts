/** The version of this package, as its manifest has it: what `dexwire --version` tells. */
export const VERSION = '0.1.0';
