import type { AddVerb } from '../program.ts';
export const addCompletion: AddVerb = () => {};
