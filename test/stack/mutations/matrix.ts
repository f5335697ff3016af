import type { Mutation } from './apply-mutation.ts';
import { api } from './matrix/api.ts';
import { beyond } from './matrix/beyond.ts';
import { data } from './matrix/data.ts';
import { edge } from './matrix/edge.ts';
import { events } from './matrix/events.ts';
import { lambda } from './matrix/lambda.ts';
import { messaging } from './matrix/messaging.ts';
import { network } from './matrix/network.ts';
import { operations } from './matrix/operations.ts';
import { outbound } from './matrix/outbound.ts';

/** For each rule of the catalogue, one edit of the reference application that breaks it. */
export const matrix: readonly Mutation[] = [
  ...api,
  ...beyond,
  ...data,
  ...edge,
  ...events,
  ...lambda,
  ...messaging,
  ...network,
  ...operations,
  ...outbound,
];
