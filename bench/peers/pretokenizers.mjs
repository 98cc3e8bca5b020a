// Encodes drawn text with kf and with llama.cpp for every pre-tokenizer in docs/tokenizers.md and prints where the tokens differ:
//   node bench/peers/pretokenizers.mjs --kf kf.dll --vocabulary ggml-vocab-gpt-2.gguf [--seed 11] [--pieces 20000]
// The vocabulary, byte-level BPE, gets each name in place of its own. Two texts: "common" (letters, numbers, marks, spaces and line breaks as people write them, in
// several scripts) and "all" (with characters of every Unicode category). llama.cpp comes from npm, as bench/peers/run.sh installs it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { getLlama } from "node-llama-cpp";

const { values } = parseArgs({
  options: { kf: { type: "string" }, vocabulary: { type: "string" }, seed: { type: "string", default: "11" }, pieces: { type: "string", default: "20000" } },
});
const page = readFileSync(new URL("../../docs/tokenizers.md", import.meta.url), "utf8");
const rows = page.split("<!-- families:begin -->")[1].split("<!-- families:end -->")[0].split("\n").slice(3).filter(row => row.startsWith("|"));
const names = rows.flatMap(row => [...row.split(" | ")[0].matchAll(/`([^`]+)`/g)].map(match => match[1]));

let state = Number(values.seed);
const draw = bound => (state = (state * 48271) % 2147483647) % bound;
const common = [" ", " ", "  ", "\n", "\r\n", "\t", "a", "e", "Z", "the", "Word", "'s", "'LL", "'", "1", "42", "12345", ".", ",", "...", "!?", "_", "/", "(",
  "é", "ß", "中文", "日本", "ñ", "🦙", "HTTPServer", " don't", "x=1;", "  if(a)\n", "\n\n\n ", "Привет", " мир", "한국어", "ไทย", "½", "²", "$", "+", "<=>", "`", "~", "|"];
const categories = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs".split(" ").map(category => {
  const is = new RegExp(`\\p{${category}}`, "u");
  return Array.from({ length: 0x2fe0 }, (_, i) => String.fromCodePoint(i + 0x20)).filter(c => is.test(c));
}).filter(members => members.length > 0);
const pick = list => list[draw(list.length)];
const pieces = Number(values.pieces);
const texts = {
  common: Array.from({ length: pieces }, () => pick(common)).join(""),
  all: Array.from({ length: pieces }, () => draw(5) < 4 ? pick(common) : pick(pick(categories))).join(""),
};

const folder = mkdtempSync(join(tmpdir(), "kf-"));
for (const [name, text] of Object.entries(texts))
  writeFileSync(join(folder, name), text);
const source = readFileSync(values.vocabulary);
const key = Buffer.from("tokenizer.ggml.pre");
const at = source.indexOf(key) + key.length + 4; // after the key and the value's type
const length = Number(source.readBigUInt64LE(at));

function vocabulary(pre) {
  const path = join(folder, "vocabulary.gguf");
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(pre.length));
  writeFileSync(path, Buffer.concat([source.subarray(0, at), size, Buffer.from(pre), source.subarray(at + 8 + length)]));
  return path;
}

function describe(mine, theirs) {
  const at = mine.findIndex((id, i) => id !== theirs[i]);
  return at < 0 && mine.length === theirs.length ? `same, ${mine.length} tokens` : `differs at token ${at} of ${theirs.length} (kf ${mine.slice(at, at + 4)}, llama.cpp ${theirs.slice(at, at + 4)})`;
}

const llama = await getLlama({ gpu: false, build: "never", maxThreads: 0, logLevel: "disabled" });
console.log(`llama.cpp ${llama.llamaCppRelease.release}, seed ${values.seed}, ${pieces} pieces\n`);
console.log("| pre-tokenizer | common | all |\n|---|---|---|");
for (const pre of names) {
  const path = vocabulary(pre);
  let model;
  try {
    model = await llama.loadModel({ modelPath: path, vocabOnly: true, gpuLayers: 0 });
  } catch {
    console.log(`| ${pre} | llama.cpp does not know it | |`);
    continue;
  }
  const columns = Object.entries(texts).map(([name, text]) => {
    const theirs = Array.from(model.tokenize(text, false));
    const mine = execFileSync("dotnet", [values.kf, "tokenize", "--model", path, "--file", join(folder, name)], { maxBuffer: 1 << 28 }).toString().trim().split(",").map(Number);
    return describe(mine, theirs);
  });
  console.log(`| ${pre} | ${columns.join(" | ")} |`);
  await model.dispose();
}

rmSync(folder, { recursive: true });
process.exit(0);
