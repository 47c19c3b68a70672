import type { AddVerb } from '../program.ts';
export const addMan: AddVerb = () => {};
