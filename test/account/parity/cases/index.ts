import type { ParityCase } from '../parity-case.ts';
import { apiCases } from './api.ts';
import { customResourceCases } from './custom-resources.ts';
import { dataCases } from './data.ts';
import { deadLetterCases } from './dead-letters.ts';
import { edgeCases } from './edge.ts';
import { eventCases } from './events.ts';
import { flowCases } from './flows.ts';
import { functionCases } from './functions.ts';
import { identityCases } from './identity.ts';
import { methodCases } from './methods.ts';
import { networkCases } from './network.ts';
import { observabilityCases } from './observability.ts';
import { orders } from './orders.ts';
import { ownCases } from './own.ts';

/** Every account whose verdicts are compared with those of its template. */
export const cases: readonly ParityCase[] = [
  orders,
  ...flowCases,
  ...apiCases,
  ...edgeCases,
  ...functionCases,
  ...eventCases,
  ...dataCases,
  ...deadLetterCases,
  ...customResourceCases,
  ...methodCases,
  ...networkCases,
  ...observabilityCases,
  ...identityCases,
  ...ownCases,
];
