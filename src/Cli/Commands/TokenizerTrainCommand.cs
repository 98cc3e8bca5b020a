using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using KernelFoundry.Cli.Output;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Inference.Tokenizers.Training;

namespace KernelFoundry.Cli.Commands;

/// <summary><c>kf tokenizer train</c>: learns a tokenizer from text files.</summary>
internal static class TokenizerTrainCommand
{
    private static readonly Option<string[]> s_data = new("--data")
    {
        Description = "Files with text, in UTF-8.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "FILES",
    };

    private static readonly Option<int> s_vocabulary = new("--vocab")
    {
        Description = "Number of tokens, special ones included.",
        Required = true,
        HelpName = "N",
    };

    private static readonly Option<string> s_out = new("--out")
    {
        Description = "The file to write: tokenizer.json, or a GGUF file without weights.",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<string> s_pre = new("--pre")
    {
        Description = "How text is cut before merging, by the name GGUF has for it: gpt-2, llama3, qwen2, gpt-4o, ...",
        DefaultValueFactory = _ => "gpt-2",
        HelpName = "NAME",
    };

    private static readonly Option<string[]> s_special = new("--special")
    {
        Description = "Control tokens, which get the first ids; the first of them ends a text.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => ["<|endoftext|>"],
        HelpName = "TOKENS",
    };

    private static readonly Option<string?> s_bos = new("--bos")
    {
        Description = "Which of the special tokens begins a text; by default none does.",
        HelpName = "TOKEN",
    };

    private static readonly Option<bool> s_json = CommonOptions.Json();

    public static Command Create()
    {
        var command = new Command("train", "Learn a tokenizer from text files.")
        {
            s_data, s_vocabulary, s_out, s_pre, s_special, s_bos, s_json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        string output = parsed.GetRequiredValue(s_out);
        bool isJson = output.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        if (!isJson && !output.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"--out is '{output}'; its name must end in .json or .gguf.");
        if (Path.GetDirectoryName(Path.GetFullPath(output)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"--out is '{output}', but there is no folder '{folder}'.");
        string[] files = parsed.GetRequiredValue(s_data);
        long characters = 0;
        Tokenizer tokenizer;
        using (var progress = new ProgressBar("Training", 1))
        {
            var options = new BpeTrainingOptions
            {
                VocabularySize = parsed.GetRequiredValue(s_vocabulary),
                PreTokenizer = parsed.GetRequiredValue(s_pre),
                SpecialTokens = parsed.GetRequiredValue(s_special),
                BosToken = parsed.GetValue(s_bos),
                Progress = progress,
            };
            tokenizer = await Task.Run(() => UsageException.Check(() => BpeTrainer.Train(files.Select(Read), options, cancellationToken)), cancellationToken);
        }

        Save(tokenizer, output, isJson);
        Print(parsed.GetValue(s_json), new TokenizerTrainOutput(output, tokenizer.VocabularySize, characters, Stopwatch.GetElapsedTime(started).TotalSeconds));
        return ExitCode.Done;

        string Read(string path)
        {
            string text = TextFile.Read(path);
            characters += text.Length;
            return text;
        }
    }

    private static void Save(Tokenizer tokenizer, string path, bool isJson)
    {
        using FileStream stream = File.Create(path);
        if (isJson)
        {
            TokenizerJsonWriter.Write(tokenizer, stream);
            return;
        }

        var writer = new GgufWriter();
        GgufTokenizerWriter.Write(tokenizer, writer);
        writer.Write(stream, (_, _) => { });
    }

    private static void Print(bool json, TokenizerTrainOutput output)
    {
        if (json)
            KfJson.Print(output, context => context.TokenizerTrainOutput);
        else
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{output.Out}: {output.VocabularySize} tokens from {output.Characters} characters, in {output.Seconds:F1} s"));
        }
    }
}
