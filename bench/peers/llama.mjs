// llama.cpp on one model, below the package's own batching: a decode is llama_decode and llama_synchronize, as in llama-bench.
import { getLlama } from "node-llama-cpp";

const batchSize = 512;
const seed = 1;

// maxThreads 0: the threads a context asks for are the threads it gets.
const llama = await getLlama({ gpu: false, build: "never", maxThreads: 0, logLevel: "error" });

export const release = llama.llamaCppRelease.release;

/** A model, open, with one context a number of threads. */
export class Peer {
  static async open(path, contextSize) {
    const peer = new Peer();
    peer.model = await llama.loadModel({ modelPath: path, gpuLayers: 0 });
    peer.contextSize = contextSize;
    return peer;
  }

  /** Tokens a second of a prefill and of a decode. The first call with a number of threads also warms up. */
  async measure(threads, prefill, decode) {
    this.context ??= await this.model.createContext({ contextSize: this.contextSize, batchSize, threads });
    const context = this.context._ctx;
    context.setThreads(threads);
    if (context.getThreads() !== threads)
      throw new Error(`llama.cpp runs ${context.getThreads()} threads, not ${threads}`);
    const tokens = this.#draw(Math.max(prefill, decode));
    if (!this.isWarm)
      await this.#run(context, tokens, Math.min(prefill, batchSize), 4);
    this.isWarm = true;
    return await this.#run(context, tokens, prefill, decode);
  }

  async close() {
    await this.context?.dispose();
    await this.model.dispose();
  }

  async #run(context, tokens, prefill, decode) {
    const pp = await this.#time(context, tokens, prefill, batchSize);
    const tg = await this.#time(context, tokens, decode, 1);
    return { pp: prefill / pp, tg: decode / tg };
  }

  // The logits of the last token of each batch are wanted: that is what a generation pays for.
  async #time(context, tokens, count, step) {
    context.disposeSequence(0);
    const started = process.hrtime.bigint();
    for (let at = 0; at < count; at += step) {
      const part = tokens.subarray(at, Math.min(at + step, count));
      context.initBatch(part.length);
      context.addToBatch(0, at, part, Uint32Array.of(part.length - 1));
      await context.decodeBatch();
    }

    return Number(process.hrtime.bigint() - started) / 1e9;
  }

  #draw(count) {
    const vocabulary = this.model.fileInfo.metadata.tokenizer.ggml.tokens.length;
    let state = seed;
    return Uint32Array.from({ length: count }, () => (state = (state * 48271) % 2147483647) % vocabulary);
  }
}
