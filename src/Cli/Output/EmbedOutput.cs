namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf embed --json</c> prints: a vector a text, and the cosine of each with each.</summary>
internal sealed record EmbedOutput(string Pooling, int Dimensions, IReadOnlyList<float[]> Vectors, IReadOnlyList<double[]> Cosines);
