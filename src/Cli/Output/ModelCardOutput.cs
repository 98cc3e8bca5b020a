namespace KernelFoundry.Cli.Output;

/// <summary>The card of a model, as <c>kf inspect --json</c> prints it.</summary>
internal sealed record ModelCardOutput(
    string Architecture, int Layers, int EmbeddingLength, int Heads, int KeyValueHeads, int HeadDim, int FeedForwardLength, int VocabularySize, int ContextLength,
    long Parameters, double BitsPerParameter, string Tokenizer, IReadOnlyList<string> ChatTemplates, int Context, long WeightBytes, long CacheBytes, long ActivationBytes);
