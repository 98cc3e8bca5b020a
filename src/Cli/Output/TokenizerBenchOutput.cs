namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf tokenizer bench --json</c> prints: medians, on one thread. Decoding is streamed, a token at a time.</summary>
internal sealed record TokenizerBenchOutput(string Kind, int VocabularySize, int Bytes, int Tokens, double OpenSeconds,
    double EncodeMegabytesPerSecond, double EncodeTokensPerSecond, double DecodeTokensPerSecond);
