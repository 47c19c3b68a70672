import type { AddVerb } from '../program.ts';
export const addBook: AddVerb = () => {};
