/** Headgate for CDK applications: `headgate/cdk`. */
export { HeadgateValidation } from './headgate-validation.ts';
export type { HeadgateValidationOptions } from './scan-request.ts';
