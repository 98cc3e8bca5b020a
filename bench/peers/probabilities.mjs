// Opens GGUF files in llama.cpp and compares the probabilities after each of some tokens with kf's, the same file and tokens:
//   node bench/peers/probabilities.mjs --kf kf.dll [--tokens 5,9,13] FILE.gguf...
// llama.cpp comes from npm, as bench/peers/run.sh installs it. kf keeps activations, keys and values as floats; llama.cpp keeps keys and values in 16 bits, which is the difference.
import { execFileSync } from "node:child_process";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { getLlama } from "node-llama-cpp";

const { values, positionals } = parseArgs({
  options: { kf: { type: "string" }, tokens: { type: "string", default: "5,9,13,17,21,25,29,33" } },
  allowPositionals: true,
});
const tokens = values.tokens.split(",").map(Number);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });

async function peer(path) {
  const model = await llama.loadModel({ modelPath: path, gpuLayers: 0 });
  const context = await model.createContext({ contextSize: 64, flashAttention: false });
  const sequence = context.getSequence();
  const results = await sequence.controlledEvaluate(tokens.map(token => [token, { generateNext: { probabilities: true, options: { temperature: 1, topK: 0, topP: 1, minP: 0 } } }]));
  await model.dispose();
  return results.map(result => result.next.probabilities);
}

function kf(path) {
  const output = execFileSync("dotnet", [values.kf, "logits", "--model", path, "--tokens", values.tokens, "--activations", "float", "--device", "cpu", "--json"], { maxBuffer: 1 << 28 });
  return JSON.parse(output.toString()).logits.map(row => {
    const most = Math.max(...row), powers = row.map(x => Math.exp(x - most)), sum = powers.reduce((x, y) => x + y, 0);
    return powers.map(x => x / sum);
  });
}

console.log(`llama.cpp ${llama.llamaCppRelease.release}, ${tokens.length} tokens\n`);
console.log("| file | largest probability | largest difference | relative difference of the rows |\n|---|--:|--:|--:|");
for (const path of positionals) {
  let mine, theirs;
  try {
    theirs = await peer(path);
  } catch (error) {
    console.log(`| ${basename(path)} | llama.cpp: ${error.message} | | |`);
    continue;
  }
  try {
    mine = kf(path);
  } catch (error) {
    console.log(`| ${basename(path)} | opened by llama.cpp; kf: ${String(error.stderr ?? error).trim().split("\n")[0]} | | |`);
    continue;
  }
  let largest = 0, difference = 0, relative = 0;
  for (let t = 0; t < tokens.length; t++) {
    let squares = 0, size = 0;
    for (const [token, probability] of theirs[t]) {
      const delta = Math.abs(probability - mine[t][token]);
      largest = Math.max(largest, probability);
      difference = Math.max(difference, delta);
      squares += delta * delta;
      size += probability * probability;
    }
    relative = Math.max(relative, Math.sqrt(squares / size));
  }
  console.log(`| ${basename(path)} | ${largest.toFixed(5)} | ${difference.toExponential(1)} | ${relative.toExponential(1)} |`);
}

process.exit(0);
