import type { ParityCase } from '../parity-case.ts';
import { orders } from './orders.ts';

/** Every account whose verdicts are compared with those of its template. */
export const cases: readonly ParityCase[] = [orders];
