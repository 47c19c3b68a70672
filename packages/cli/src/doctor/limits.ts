/**
 * What this machine allows, where a program that holds many sockets would feel it first.
 * In: the process's own report. Out: a check.
 */
import process from 'node:process';
import { type Check, ok, warn } from './check.ts';

/** Sockets, files and pipes that a program with some connections needs. */
const LEAST_FILES = 1024;

export const checkLimits = (): Check => {
  const { userLimits } = process.report.getReport() as unknown as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: number | string } };
  };
  const soft = userLimits?.open_files?.soft;
  if (typeof soft !== 'number')
    return ok('limits', soft === undefined ? 'open files: not known here' : `open files: ${soft}`);
  return soft >= LEAST_FILES
    ? ok('limits', `open files: ${soft}`)
    : warn('limits', `open files: ${soft}`, `raise it before you open many sockets: ulimit -n ${LEAST_FILES}`);
};
