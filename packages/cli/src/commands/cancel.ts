import type { AddVerb } from '../program.ts';
export const addCancel: AddVerb = () => {};
