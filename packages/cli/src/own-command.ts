/** How whoever started this finds the command: in a checkout, or as a dependency, only npm knows where it is. */
export function ownCommand(): string {
  return process.env.npm_config_user_agent === undefined ? 'wirelike' : 'npx wirelike';
}

/**
 * Whether this is the command that npx was started for: `npx wirelike …`. What other commands of npm's start may live
 * as long as a child of theirs is expected to.
 */
export function startedByNpx(): boolean {
  const { npm_lifecycle_event, npm_lifecycle_script } = process.env;
  return npm_lifecycle_event === 'npx' && npm_lifecycle_script?.includes('wirelike') === true;
}
