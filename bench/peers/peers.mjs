// kf and llama.cpp by turns on the same files, so that whatever else the machine does hits both alike.
import { execFile } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { basename } from "node:path";
import { parseArgs, promisify } from "node:util";
import { Peer, release } from "./llama.mjs";
import { quiet } from "./quiet.mjs";

const run = promisify(execFile);
const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    kf: { type: "string" },
    threads: { type: "string", default: "1,2" },
    pp: { type: "string", default: "512" },
    tg: { type: "string", default: "128" },
    rounds: { type: "string", default: "5" },
    patience: { type: "string", default: "60" },
  },
});
const threads = options.threads.split(",").map(Number);
const prefill = Number(options.pp), decode = Number(options.tg), rounds = Number(options.rounds);
if (files.length === 0)
  throw new Error("Name one or more GGUF files.");

// The best round is the least disturbed one: llama.cpp's threads wait for each other by spinning, so a neighbour costs it most.
const best = (values) => Math.max(...values);
const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const both = (values) => `${number(best(values))} (${number(median(values))})`;
const number = (value) => value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** One measured repetition of kf in a process of its own, or why it refuses the file. */
async function measureKf(file) {
  const args = [options.kf, "bench", "--model", file, "--pp", options.pp, "--tg", options.tg, "--threads", options.threads,
    "--device", "cpu", "--repetitions", "1", "--json"];
  try {
    return JSON.parse((await run("dotnet", args)).stdout);
  } catch (error) {
    if (error.code !== 3)
      throw error;
    return { refusal: error.stderr.trim() };
  }
}

let waits = 0, busy = 0;

async function waitForQuiet() {
  waits++;
  busy += await quiet(Number(options.patience)) ? 0 : 1;
}

async function measure(file) {
  const peer = await Peer.open(file, Math.max(prefill, decode));
  const samples = new Map(threads.map((count) => [count, { kf: { pp: [], tg: [] }, llama: { pp: [], tg: [] }, read: 0 }]));
  let kf = {};
  for (let round = 0; round < rounds; round++) {
    for (const count of threads) {
      await waitForQuiet();
      const llama = await peer.measure(count, prefill, decode);
      samples.get(count).llama.pp.push(llama.pp);
      samples.get(count).llama.tg.push(llama.tg);
    }

    if (kf.refusal)
      continue;
    await waitForQuiet();
    kf = await measureKf(file);
    for (const test of kf.tests ?? [])
      samples.get(test.threads).kf[test.test.slice(0, 2)].push(test.tokens_per_second);
    for (const roof of kf.roofs ?? [])
      samples.get(roof.threads).read = Math.max(samples.get(roof.threads).read, roof.read_bytes_per_second);
    process.stderr.write(`${basename(file)}: round ${round + 1} of ${rounds}\n`);
  }

  await peer.close();
  return { file, kf, samples };
}

function print({ file, kf, samples }) {
  for (const [count, sample] of samples) {
    for (const [test, name] of [["pp", `pp${prefill}`], ["tg", `tg${decode}`]]) {
      const theirs = best(sample.llama[test]);
      const ours = kf.refusal ? null : best(sample.kf[test]);
      // Decoding reads every weight once a token: the rate at which they were read, over that of reading alone.
      const share = (rate) => test === "tg" && rate !== null && !kf.refusal
        ? `${(100 * rate * kf.weight_bytes_per_token / sample.read).toFixed(0)} %` : "-";
      const cells = [basename(file, ".gguf"), count, name, ours === null ? "refused" : both(sample.kf[test]), both(sample.llama[test]),
        ours === null ? "-" : (ours / theirs).toFixed(2), sample.read ? number(sample.read / 1e9) : "-", share(ours), share(theirs)];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
}

console.log(`llama.cpp ${release} of node-llama-cpp, on the CPU, batches of 512. ${cpus()[0].model}, ${cpus().length} processors, load ${loadavg()[0].toFixed(1)}.
Tokens a second: the best of ${rounds} rounds by turns, and the median.\n`);
console.log("| model | threads | test | kf | llama.cpp | kf / llama.cpp | read GB/s | kf of read | llama.cpp of read |");
console.log("|---|--:|---|--:|--:|--:|--:|--:|--:|");
const refusals = [];
for (const file of files) {
  const result = await measure(file);
  print(result);
  if (result.kf.refusal)
    refusals.push(result.kf.refusal.replaceAll(file, basename(file)));
}

for (const refusal of refusals)
  console.log(`\nrefused: ${refusal}`);
console.log(`\n${busy} of ${waits} measurements began although the machine had not been idle for half a second in ${options.patience} s.`);
process.exit(0);
