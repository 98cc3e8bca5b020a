using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Inference.Generation;

/// <summary>What a generation took.</summary>
public sealed record GenerationStatistics
{
    /// <summary>Tokens of the prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens of the prompt whose keys and values were kept from before: see <see cref="GenerationOptions.PromptCache"/>.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Tokens generated, a stop token not counted.</summary>
    public required int GeneratedTokens { get; init; }

    /// <summary>From the start until the prompt had been through the model.</summary>
    public required TimeSpan PrefillTime { get; init; }

    /// <summary>From there to the end; time the consumer took between tokens is not counted.</summary>
    public required TimeSpan DecodeTime { get; init; }

    /// <summary>What speculation did, where the options ask for it.</summary>
    public SpeculationStatistics? Speculation { get; init; }

    /// <summary>Prompt tokens a second, kept ones not counted; 0 if none went through.</summary>
    public double PrefillTokensPerSecond => PerSecond(PromptTokens - CachedTokens, PrefillTime);

    /// <summary>Generated tokens a second; 0 if there were none.</summary>
    public double DecodeTokensPerSecond => PerSecond(GeneratedTokens, DecodeTime);

    private static double PerSecond(int tokens, TimeSpan time) => time > TimeSpan.Zero ? tokens / time.TotalSeconds : 0;
}
