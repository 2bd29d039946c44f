/** How whoever started this finds the command: in a checkout, or as a dependency, only npm knows where it is. */
export function ownCommand(): string {
  return byPackageManager() ? 'npx wirelike' : 'wirelike';
}

/** Whether npm, npx or one of their kin started this, or something above it. */
export function byPackageManager(): boolean {
  return process.env.npm_config_user_agent !== undefined;
}
