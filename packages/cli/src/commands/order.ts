import type { AddVerb } from '../program.ts';
export const addOrder: AddVerb = () => {};
