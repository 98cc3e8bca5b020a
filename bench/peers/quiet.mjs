// Waits until the machine's processors are idle: threads that wait for each other by spinning lose everything to a neighbour.
import { cpus } from "node:os";
import { setTimeout } from "node:timers/promises";

const sample = 500, idleEnough = 0.9;

const ticks = () => cpus().reduce((sum, { times }) => {
  const all = Object.values(times).reduce((a, b) => a + b);
  return { idle: sum.idle + times.idle, all: sum.all + all };
}, { idle: 0, all: 0 });

/** Whether a half second was quiet before patience, in seconds, ran out. */
export async function quiet(patience) {
  for (const end = Date.now() + (patience * 1000); Date.now() < end;) {
    const before = ticks();
    await setTimeout(sample);
    const after = ticks();
    if ((after.idle - before.idle) / (after.all - before.all) >= idleEnough)
      return true;
  }

  return false;
}
