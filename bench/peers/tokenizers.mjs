// Encodes a text with kf and with llama.cpp by turns, on one thread, and prints a Markdown table:
//   node bench/peers/tokenizers.mjs --kf kf.dll --file TEXT [--rounds 3] VOCABULARY.gguf...
// llama.cpp comes from npm, as bench/peers/run.sh installs it. Its tokens are counted as its JavaScript binding returns them.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { getLlama } from "node-llama-cpp";

const { values, positionals } = parseArgs({
  options: { kf: { type: "string" }, file: { type: "string" }, rounds: { type: "string", default: "3" } },
  allowPositionals: true,
});
const llama = await getLlama({ gpu: false, build: "never", maxThreads: 0, logLevel: "disabled" });
const bytes = readFileSync(values.file);
const text = bytes.toString("utf8");
const rounds = Number(values.rounds);

function median(numbers) {
  return numbers.sort((x, y) => x - y)[Math.floor(numbers.length / 2)];
}

async function peer(path) {
  const model = await llama.loadModel({ modelPath: path, vocabOnly: true, gpuLayers: 0 });
  const speeds = [];
  let count = 0;
  for (let round = 0; round < rounds; round++) {
    const started = process.hrtime.bigint();
    count = model.tokenize(text, false).length;
    speeds.push(bytes.length / (Number(process.hrtime.bigint() - started) / 1e3));
  }

  await model.dispose();
  return { count, speed: median(speeds) };
}

function kf(path) {
  const output = execFileSync("dotnet", [values.kf, "tokenizer", "bench", "--model", path, "--file", values.file, "--rounds", String(rounds), "--json"]);
  return JSON.parse(output.toString());
}

console.log(`llama.cpp ${llama.llamaCppRelease.release}, ${bytes.length} bytes\n`);
console.log("| vocabulary | tokens | kf MB/s | llama.cpp MB/s | kf / llama.cpp | kf decode, M tokens/s | tokens of llama.cpp |");
console.log("|---|--:|--:|--:|--:|--:|--:|");
for (const path of positionals) {
  const mine = kf(path);
  const theirs = await peer(path);
  const columns = [basename(path, ".gguf"), mine.tokens, mine.encode_megabytes_per_second.toFixed(1), theirs.speed.toFixed(2),
    (mine.encode_megabytes_per_second / theirs.speed).toFixed(1), (mine.decode_tokens_per_second / 1e6).toFixed(1), theirs.count];
  console.log(`| ${columns.join(" | ")} |`);
}

process.exit(0);
