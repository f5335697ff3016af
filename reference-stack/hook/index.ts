/** Headgate before every deployment, as constructs. */
export { Hook, type HookProps } from './hook.ts';
export {
  hookApplication,
  HookStack,
  type HookApplication,
  type HookApplicationProps,
} from './hook-application.ts';
