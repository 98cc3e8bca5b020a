using System.CommandLine;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf tokenizer</c>: what is done to tokenizers rather than with them.</summary>
internal static class TokenizerCommand
{
    public static Command Create() => new("tokenizer", "Train a tokenizer, or measure how fast one is.")
    {
        TokenizerTrainCommand.Create(), TokenizerBenchCommand.Create(),
    };
}
