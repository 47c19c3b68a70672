import type { AddVerb } from '../program.ts';
export const addDoctor: AddVerb = () => {};
