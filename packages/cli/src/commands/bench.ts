import type { AddVerb } from '../program.ts';
export const addBench: AddVerb = () => {};
