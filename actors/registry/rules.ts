/** The deployment's rules, for whoever creates a deployment or describes one: outside of the registry's own folders. */
export type { DeploymentRules } from '../money/deploymentRules.js';
export { decodeRules, encodeRules } from './wire/rulesCodec.js';
