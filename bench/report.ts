import type { Figure } from './bench.ts';

/** Whether a figure's median keeps its target; undefined where there is none. */
export function isKept({ value, target }: Figure): boolean | undefined {
  if (target === undefined) return undefined;
  return target.is === 'at most' ? value.median <= target.limit : value.median >= target.limit;
}

/** The figures as a table: median, least and most over the rounds, target and verdict. */
export function table(results: readonly { bench: string; figures: readonly Figure[] }[]): string {
  const rows = results.flatMap(({ bench, figures }) =>
    figures.map((figure) => {
      const { name, unit, value, target } = figure;
      const verdict = isKept(figure);
      return [
        bench,
        name,
        `${rounded(value.median)} ${unit}`.trim(),
        `${rounded(value.min)}..${rounded(value.max)}`,
        target === undefined ? '' : `${target.is === 'at most' ? '<=' : '>='} ${target.limit}`,
        verdict === undefined ? '' : verdict ? 'OK' : 'MISS',
      ];
    }),
  );
  const all = [['bench', 'figure', 'median', 'min..max', 'target', ''], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rounded(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Number(value.toFixed(Math.abs(value) >= 10 ? 1 : 2)).toString();
}
