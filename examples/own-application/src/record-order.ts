export { handler } from './settle-payments.ts';
