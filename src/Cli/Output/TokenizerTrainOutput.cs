namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf tokenizer train --json</c> prints.</summary>
internal sealed record TokenizerTrainOutput(string Out, int VocabularySize, long Characters, double Seconds);
