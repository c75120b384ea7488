import { attr, counted, dayOf, grouped } from "./format.ts";

/** One value a day, oldest first; `day` is `YYYY-MM-DD`. */
export interface DailyCount {
  day: string;
  count: number;
}

const WIDTH = 240;
const HEIGHT = 48;

/** A line of daily counts with the same numbers in a table for those who do not see it. */
export function Sparkline(props: { days: DailyCount[]; label: string; unit: string }): JSX.Element {
  const { days } = props;
  if (days.length < 2) return "";
  if (days.every((d) => d.count === 0))
    return <p class="quiet spark-none" safe>{`No ${props.unit}s in the last ${days.length} days.`}</p>;
  const most = Math.max(1, ...days.map((d) => d.count));
  const points = days.map((d, i) => {
    const x = (i / (days.length - 1)) * WIDTH;
    const y = HEIGHT - 2 - (d.count / most) * (HEIGHT - 6);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const total = days.reduce((sum, d) => sum + d.count, 0);
  const summary = `${props.label}: ${counted(total, props.unit)}, at most ${grouped(most)} a day`;
  return (
    <figure class="spark">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={attr(summary)}>
        <polygon class="spark-area" points={`0,${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`} />
        <polyline class="spark-line" points={points.join(" ")} />
      </svg>
      <table class="hidden-visually">
        <caption safe>{props.label}</caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col" safe>
              {`${props.unit}s`}
            </th>
          </tr>
        </thead>
        <tbody>
          {days.map((d) => (
            <tr>
              <th scope="row" safe>
                {dayOf(d.day)}
              </th>
              <td safe>{grouped(d.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
