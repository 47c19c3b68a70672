import type { AddVerb } from '../program.ts';
export const addSend: AddVerb = () => {};
