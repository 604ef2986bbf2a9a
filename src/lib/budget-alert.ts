/** Share of a budget that is an alert. */
const ALERT_AT = 0.8;

/** What is in use of a budget. */
export interface BudgetUse {
  used: number;
  budget: number;
}

export function isNearBudget({ used, budget }: BudgetUse): boolean {
  return used >= ALERT_AT * budget;
}

/** Whether a change has brought the use of a budget near it. */
export function comesNearBudget(before: BudgetUse, after: BudgetUse): boolean {
  return isNearBudget(after) && !isNearBudget(before);
}
