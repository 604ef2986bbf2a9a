/** Share of a budget that is an alert. */
const ALERT_AT = 0.8;

export function isNearBudget({ used, budget }: { used: number; budget: number }): boolean {
  return used >= ALERT_AT * budget;
}
